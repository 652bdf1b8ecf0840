/** What was left out of a body, counted: for the receipt of an import, so that nothing vanishes silently. */
export class Notes {
  readonly #counts = new Map<string, { several: string | null; count: number }>();

  /** Notes `one` thing; a second of the same kind makes it a number of `several`. */
  add(one: string, several: string | null = null): void {
    const known = this.#counts.get(one);
    if (known) known.count += 1;
    else this.#counts.set(one, { several, count: 1 });
  }

  removed([one, several]: readonly [string, string]): void {
    this.add(`${one} removed`, `${several} removed`);
  }

  list(): string[] {
    return [...this.#counts].map(([one, { several, count }]) => {
      if (count === 1) return one;
      return several === null ? `${one} (${count} times)` : `${count} ${several}`;
    });
  }
}

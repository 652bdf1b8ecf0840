/** What became of an item of a source. */
export type Outcome = 'created' | 'updated' | 'unchanged' | 'skipped' | 'refused';

/** One line of a receipt: one item of the source and what became of it. */
export interface ReceiptLine {
  kind: string;
  /** The slug it has here, or the title it had there. */
  name: string;
  outcome: Outcome;
  reason?: string;
  /** What was changed or left out on the way in. */
  notes?: string[];
  /** Line of the source at which the item begins. */
  line: number;
}

const outcomes: readonly Outcome[] = ['created', 'updated', 'unchanged', 'skipped', 'refused'];

/** Counts per kind and outcome. */
export class Receipt {
  readonly #counts = new Map<string, Map<Outcome, number>>();

  add({ kind, outcome }: ReceiptLine): void {
    const counts = this.#counts.get(kind) ?? new Map<Outcome, number>();
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    this.#counts.set(kind, counts);
  }

  count(outcome: Outcome): number {
    return [...this.#counts.values()].reduce((sum, counts) => sum + (counts.get(outcome) ?? 0), 0);
  }

  /** A table for people: a row a kind, a column an outcome. */
  toString(): string {
    const header = ['', ...outcomes];
    const rows = [...this.#counts].map(([kind, counts]) => [
      kind,
      ...outcomes.map((outcome) => String(counts.get(outcome) ?? 0)),
    ]);
    const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
    const printed = (row: string[]) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ');
    return [header, ...rows].map(printed).join('\n');
  }
}

/** Chances that a seed decides: the same seed, the same sequence. */
export interface Random {
  /** A whole number from 0 to `most`. */
  upTo(most: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the list; the list must not be empty. */
  of<Item>(list: readonly Item[]): Item;
}

/** Each case has a seed of its own, so that it can be made without those before it. */
export const seedOf = (seed: number, index: number): number =>
  (Math.imul(seed, 0x9e3779b1) ^ (index + 0x85ebca6b)) >>> 0;

/** Numbers by splitmix32: small, quick, and good enough to choose by. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  return {
    upTo: (most) => Math.floor(next() * (most + 1)),
    chance: (probability) => next() < probability,
    of: (list) => list[Math.floor(next() * list.length)]!,
  };
}

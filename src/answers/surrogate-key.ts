import type { Reads } from '../database/dependencies.js';

/** Under this every answer stands. */
export const all = 'all';

/** Under this an answer stands that depends on more than can be named: whatever changes, it is forgotten. */
export const many = 'many';

/** CDNs take headers of 16 kB, some of 8; fewer names than that leave room. */
const mostNames = 400;

/**
 * The short name of a thing, address or list, for `Surrogate-Key`: 40 bits of FNV-1a in base 36. Two things that share one
 * are forgotten together, which costs an answer made anew and nothing else.
 */
export function shortName(thing: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(thing)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return (hash >> 24n).toString(36);
}

/** What an answer depends on, as names parted by spaces. */
export function surrogateKey({ things, stretches }: Reads): string {
  const named = new Set([...things, ...stretches.map(({ list }) => list)]);
  return [all, ...(named.size > mostNames ? [many] : Array.from(named, shortName))].join(' ');
}

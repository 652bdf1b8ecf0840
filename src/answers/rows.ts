import { Reads } from '../database/dependencies.js';
import type { MemoryMeasures, RowMemory, RowsByKey } from '../database/row-memory.js';
import type { Currency } from './answers.js';
import type { AnswerMemory, Sized } from './memory.js';

export interface KeptRows extends Sized {
  readonly rows: readonly object[];
}

/** A character of a text in memory takes two bytes, and an object about as much again as its text. */
const bytesOf = (rows: readonly object[]): number => 4 * JSON.stringify(rows).length;

/** What it says cannot be changed. It is not frozen: Pothos marks things with their type. */
function readOnly<Row extends object>(row: Row): Row {
  for (const key of Object.keys(row)) Object.defineProperty(row, key, { writable: false, configurable: false });
  return row;
}

/** Rows in memory by what they are and their key, true for as long as {@link Currency} says so. */
export class KeptRowMemory implements RowMemory {
  constructor(
    private readonly memory: AnswerMemory<KeptRows>,
    private readonly currency: Currency,
    private readonly clock: () => Date,
  ) {}

  get measures(): MemoryMeasures {
    return this.memory;
  }

  async caughtUp(): Promise<void> {
    await this.currency.caughtUp();
  }

  now(): number {
    return this.clock().getTime();
  }

  look<Row extends object>(
    { what }: RowsByKey<Row>,
    key: string,
    now: number,
    note: (things: Iterable<string>) => void,
  ): readonly Row[] | null {
    if (!this.currency.isCurrent) return null;
    const found = this.memory.look(`${what}\t${key}`, now);
    if (!found) return null;
    this.memory.counts.hits += 1;
    note(found.reads.things);
    return found.answer.rows as readonly Row[];
  }

  async find<Row extends object>(
    how: RowsByKey<Row>,
    keys: readonly string[],
    note: (things: Iterable<string>) => void,
  ): Promise<Row[]> {
    const { what, read, keyOf, dependsOn } = how;
    if (!this.currency.isCurrent) return read(keys);
    const { memory } = this;
    const now = this.now();
    const rows: Row[] = [];
    const missing: string[] = [];
    for (const key of keys) {
      const found = this.look(how, key, now, note);
      if (found) rows.push(...found);
      else missing.push(key);
    }
    if (missing.length === 0) return rows;
    memory.counts.misses += missing.length;
    const making = memory.begin();
    try {
      const found = await read(missing);
      if (this.currency.isCurrent) {
        const byKey = new Map<string, Row[]>(missing.map((key) => [key, []]));
        for (const row of found) byKey.get(keyOf(row))?.push(readOnly(row));
        for (const [key, its] of byKey) {
          const things = dependsOn(key, its);
          // Nobody would tell that there is something now.
          if (its.length === 0 && things.length === 0) continue;
          const reads = new Reads();
          reads.note(things);
          memory.keep(making, `${what}\t${key}`, { rows: its, bytes: bytesOf(its) }, reads, now);
        }
      }
      rows.push(...found);
      return rows;
    } finally {
      memory.giveUp(making);
    }
  }
}

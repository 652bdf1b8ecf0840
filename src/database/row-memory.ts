/** Rows that are read by key, and are the same whoever reads them and whenever: until something is written. */
export interface RowsByKey<Row extends object> {
  /** What they are, such as `bylines`. */
  readonly what: string;
  readonly read: (keys: readonly string[]) => Promise<Row[]>;
  readonly keyOf: (row: Row) => string;
  /** What the rows of one key depend on (see `Dependency`); also where there are none. */
  readonly dependsOn: (key: string, rows: readonly Row[]) => string[];
}

export interface MemoryMeasures {
  readonly size: number;
  readonly bytes: number;
  readonly counts: {
    readonly hits: number;
    readonly misses: number;
    readonly evicted: number;
    readonly dropped: number;
  };
}

/** Rows kept in memory for as long as they are true. */
export interface RowMemory {
  /** The rows of `keys`, those in memory and those that are read. Tells `note` what the ones in memory depend on. */
  find<Row extends object>(
    how: RowsByKey<Row>,
    keys: readonly string[],
    note: (things: Iterable<string>) => void,
  ): Promise<Row[]>;
  /** The rows of one key, where they are in memory and hold at `now` (milliseconds); null where they are not. */
  look<Row extends object>(
    how: RowsByKey<Row>,
    key: string,
    now: number,
    note: (things: Iterable<string>) => void,
  ): readonly Row[] | null;
  /** The moment, in milliseconds. */
  now(): number;
  readonly measures: MemoryMeasures;
  /** Waits until everything committed before the call is known here. */
  caughtUp(): Promise<void>;
}

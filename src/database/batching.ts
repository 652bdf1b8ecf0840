import DataLoader, { type BatchLoadFn } from 'dataloader';
import type { Database } from './database.js';
import type { RowsByKey } from './row-memory.js';

/** A DataLoader that is made when it is first asked: there are many for a request, and it asks few. */
export class Batches<Key, Row> {
  private made: DataLoader<Key, Row> | undefined;

  constructor(private readonly read: BatchLoadFn<Key, Row>) {}

  private get loader(): DataLoader<Key, Row> {
    return (this.made ??= new DataLoader(this.read));
  }

  load(key: Key): Promise<Row> {
    return this.loader.load(key);
  }

  loadMany(keys: readonly Key[]): Promise<(Row | Error)[]> {
    return this.loader.loadMany(keys);
  }

  /** Forgets what was read of `key`. */
  clear(key: Key): this {
    this.made?.clear(key);
    return this;
  }
}

/** One statement for all the single things asked for in a tick; null for what is not there. */
export function oneEach<Key extends string, Row>(
  read: (keys: readonly Key[]) => Promise<Row[]>,
  keyOf: (row: Row) => Key,
): Batches<Key, Row | null> {
  return new Batches(async (keys) => {
    const found = new Map((await read(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => found.get(key) ?? null);
  });
}

/** One statement for all the lists asked for in a tick, each in the order its rows came in. */
export function listEach<Key extends string, Row>(
  read: (keys: readonly Key[]) => Promise<Row[]>,
  keyOf: (row: Row) => Key,
): Batches<Key, Row[]> {
  return new Batches(async (keys) => {
    const lists = new Map<Key, Row[]>(keys.map((key) => [key, []]));
    for (const row of await read(keys)) lists.get(keyOf(row))?.push(row);
    return keys.map((key) => lists.get(key) ?? []);
  });
}

/** One statement for all the numbers asked for in a tick; 0 for what is not counted. */
export function countEach<Key extends string>(
  read: (keys: readonly Key[]) => Promise<{ key: Key; count: number }[]>,
): Batches<Key, number> {
  return new Batches(async (keys) => {
    const counts = new Map((await read(keys)).map(({ key, count }) => [key, count]));
    return keys.map((key) => counts.get(key) ?? 0);
  });
}

/** A loader for each distinct set of arguments, since one statement can only serve loads that ask alike. */
export function perArguments<Arguments, Loader>(make: (args: Arguments) => Loader): (args: Arguments) => Loader {
  const loaders = new Map<string, Loader>();
  return (args) => {
    const key = JSON.stringify(args);
    let loader = loaders.get(key);
    if (loader === undefined) loaders.set(key, (loader = make(args)));
    return loader;
  };
}

/** Reads rows by key from memory, where `db` has one, and otherwise from the database. */
export function remembered<Row extends object>(
  db: Database,
  what: string,
  how: Omit<RowsByKey<Row>, 'what'>,
): (keys: readonly string[]) => Promise<Row[]> {
  const { memory } = db;
  if (!memory) return (keys) => how.read(keys);
  const asked = { what, ...how };
  return (keys) => memory.find(asked, keys, (things) => db.note(things));
}

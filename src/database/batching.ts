import DataLoader, { type BatchLoadFn } from 'dataloader';
import { whenAllIsAsked } from '../turns.js';
import type { Database } from './database.js';
import { on } from './dependencies.js';
import type { RowsByKey } from './row-memory.js';

/** Reads the rows of many keys in one go. */
export interface ReadRows<Key, Row> {
  (keys: readonly Key[]): Promise<Row[]>;
  /** The rows of one key, at once; null where they have to be read. */
  readonly look?: (key: Key) => readonly Row[] | null;
}

/** What is asked of {@link Batches}: there at once where it need not be read. */
export type Loaded<Row> = Row | Promise<Row>;

/** A DataLoader that is made when it is first asked: there are many for a request, and it asks few. */
export class Batches<Key, Row> {
  private made: DataLoader<Key, Row> | undefined;

  /** `look` says what need not be waited for, and undefined of all else. */
  constructor(
    private readonly read: BatchLoadFn<Key, Row>,
    private readonly look: (key: Key) => Row | undefined = () => undefined,
  ) {}

  private get loader(): DataLoader<Key, Row> {
    return (this.made ??= new DataLoader(this.read, { batchScheduleFn: whenAllIsAsked }));
  }

  /** What `key` means: at once where it is in memory, otherwise with all that is asked for in this tick. */
  load(key: Key): Loaded<Row> {
    const held = this.look(key);
    return held === undefined ? this.loader.load(key) : held;
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
  read: ReadRows<Key, Row>,
  keyOf: (row: Row) => Key,
): Batches<Key, Row | null> {
  return new Batches(
    async (keys) => {
      const found = new Map((await read(keys)).map((row) => [keyOf(row), row]));
      return keys.map((key) => found.get(key) ?? null);
    },
    (key) => {
      const rows = read.look?.(key);
      return rows ? (rows[0] ?? null) : undefined;
    },
  );
}

/** One statement for all the lists asked for in a tick, each in the order its rows came in. */
export function listEach<Key extends string, Row>(
  read: ReadRows<Key, Row>,
  keyOf: (row: Row) => Key,
): Batches<Key, readonly Row[]> {
  return new Batches<Key, readonly Row[]>(
    async (keys) => {
      const lists = new Map<Key, Row[]>(keys.map((key) => [key, []]));
      for (const row of await read(keys)) lists.get(keyOf(row))?.push(row);
      return keys.map((key) => lists.get(key) ?? []);
    },
    (key) => read.look?.(key) ?? undefined,
  );
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
): ReadRows<string, Row> {
  const { memory } = db;
  if (!memory) return (keys) => how.read(keys);
  const asked = { what, ...how };
  const note = (things: Iterable<string>) => db.note(things);
  // Of one request: what it shows is true at one moment.
  let now: number | undefined;
  return Object.assign((keys: readonly string[]) => memory.find(asked, keys, note), {
    look: (key: string) => memory.look(asked, key, (now ??= memory.now()), note),
  });
}

/**
 * Things of a `kind` by their ids and by their slugs, from memory where there is one. That nothing has a name is not remembered:
 * anybody can think of any number of those.
 */
export function byIdAndSlug<Row extends { id: string; slug: string }>(
  db: Database,
  kind: string,
  byId: (ids: readonly string[]) => Promise<Row[]>,
  bySlug: (slugs: readonly string[]) => Promise<Row[]>,
): { byId: Batches<string, Row | null>; bySlug: Batches<string, Row | null> } {
  const id = (row: Row) => row.id;
  const slug = (row: Row) => row.slug;
  return {
    byId: oneEach(remembered(db, kind, { read: byId, keyOf: id, dependsOn: (key) => on(kind, [key]) }), id),
    bySlug: oneEach(
      remembered(db, `${kind}/slug`, {
        read: bySlug,
        keyOf: slug,
        dependsOn: (key, rows) => (rows.length === 0 ? [] : [...on(`${kind}/slug`, [key]), ...on(kind, rows.map(id))]),
      }),
      slug,
    ),
  };
}

import fc from 'fast-check';
import type { TestService } from './service.js';

/** A thing in a list that pages, as a model keeps it beside the database. */
export interface Kept {
  id: string;
  /** Whether readers may see it. */
  shown: boolean;
}

/** What things a list is of, and how they come and go. */
export interface World<Row extends Kept> {
  row: fc.Arbitrary<Row>;
  /** Empties the lists. */
  clear(): Promise<void>;
  insert(rows: readonly Row[]): Promise<void>;
  /** Hides it from readers, where it can be hidden; otherwise removes it. */
  hide(row: Row): Promise<void>;
  remove(row: Row): Promise<void>;
  /** Gives it another place in every list. */
  move(row: Row, bucket: number): Promise<Row>;
}

export interface PagedList<Row extends Kept> {
  name: string;
  world: World<Row>;
  /** The list as a field, with `%` where the arguments of paging stand. */
  field: string;
  /** What of a node holds its id. */
  node: string;
  globalId(id: string): string;
  includes(row: Row): boolean;
  key(row: Row): string | number;
  descending: boolean;
  ways: 'both' | 'onwards';
}

export type Change<Row> =
  | { kind: 'insert'; row: Row }
  | { kind: 'hide' | 'remove'; which: number }
  | { kind: 'move'; which: number; bucket: number }
  /** Takes away the very row the cursor came from. */
  | { kind: 'hide boundary' | 'remove boundary' };

export interface Plan<Row> {
  rows: Row[];
  steps: { size: number; changes: Change<Row>[] }[];
}

/** How full a list is, in what sizes it is paged, and what happens to it between two pages. */
export function planOf<Row extends Kept>({ row }: World<Row>): fc.Arbitrary<Plan<Row>> {
  const which = fc.nat(40);
  const change: fc.Arbitrary<Change<Row>> = fc.oneof(
    { arbitrary: row.map((inserted) => ({ kind: 'insert' as const, row: inserted })), weight: 3 },
    fc.record({ kind: fc.constantFrom('hide' as const, 'remove' as const), which }),
    fc.record({ kind: fc.constant('move' as const), which, bucket: fc.nat(4) }),
    {
      arbitrary: fc.record({ kind: fc.constantFrom('hide boundary' as const, 'remove boundary' as const) }),
      weight: 2,
    },
  );
  return fc.record({
    rows: fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 30, size: 'max' }),
    steps: fc.array(fc.record({ size: fc.integer({ min: 1, max: 8 }), changes: fc.array(change, { maxLength: 4 }) }), {
      maxLength: 5,
    }),
  });
}

type Place = readonly [key: string | number, id: string];

/** The model: rows in memory, changed alongside the database. */
export class Model<Row extends Kept> {
  readonly #rows = new Map<string, Row>();
  /** Rows that something has happened to since the beginning. */
  readonly touched = new Set<string>();

  constructor(
    private readonly list: PagedList<Row>,
    rows: readonly Row[],
  ) {
    for (const row of rows) this.#rows.set(row.id, row);
  }

  readonly placeOf = (row: Row): Place => [this.list.key(row), row.id];

  /** What readers see of the list, in order. */
  seen(): Row[] {
    const rows = [...this.#rows.values()].filter((row) => row.shown && this.list.includes(row));
    return rows.sort((one, other) => this.compare(this.placeOf(one), this.placeOf(other)));
  }

  /** The stretch beyond `place` in the direction of reading. */
  beyond(place: Place | undefined, backward: boolean): Row[] {
    const rows = backward ? this.seen().reverse() : this.seen();
    if (!place) return rows;
    return rows.filter((row) => this.compare(this.placeOf(row), place) * (backward ? -1 : 1) > 0);
  }

  private compare([one, oneId]: Place, [other, otherId]: Place): number {
    const ascending = one < other ? -1 : one > other ? 1 : oneId < otherId ? -1 : oneId > otherId ? 1 : 0;
    return this.list.descending ? -ascending : ascending;
  }

  async apply(change: Change<Row>, boundary: string | undefined): Promise<void> {
    const { world } = this.list;
    if (change.kind === 'insert') {
      if (this.#rows.has(change.row.id)) return;
      await world.insert([change.row]);
      this.#rows.set(change.row.id, change.row);
      this.touched.add(change.row.id);
      return;
    }
    const all = [...this.#rows.values()];
    const row = 'which' in change ? all[change.which % Math.max(1, all.length)] : this.#rows.get(boundary ?? '');
    if (!row) return;
    this.touched.add(row.id);
    if (change.kind === 'move') this.#rows.set(row.id, await world.move(row, change.bucket));
    else if (change.kind === 'remove' || change.kind === 'remove boundary') {
      await world.remove(row);
      this.#rows.delete(row.id);
    } else {
      await world.hide(row);
      this.#rows.set(row.id, { ...row, shown: false });
    }
  }
}

export interface PageOfIds {
  ids: string[];
  cursors: string[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
  totalCount: number;
}

/** One page of a list, as a client gets it. */
export async function pageOfList<Row extends Kept>(
  list: PagedList<Row>,
  service: TestService,
  variables: Record<string, unknown>,
): Promise<PageOfIds> {
  const [declared, given] =
    list.ways === 'both'
      ? [
          '$first: Int, $after: String, $last: Int, $before: String',
          'first: $first, after: $after, last: $last, before: $before',
        ]
      : ['$first: Int, $after: String', 'first: $first, after: $after'];
  const page = `{ edges { cursor node { ${list.node} } } nodes { ${list.node} }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount }`;
  const { data, errors } = await service.query(
    `query (${declared}) { ${list.field.replace('%', given).replace('#', page)} }`,
    variables,
  );
  if (errors) throw new Error(JSON.stringify(errors));
  let found = data;
  while (!('pageInfo' in found)) found = Object.values(found)[0];
  const idOf = (node: { id?: string; article?: { id: string } }) => node.id ?? node.article?.id ?? '';
  const { edges, nodes, pageInfo, totalCount } = found;
  const ids = edges.map(({ node }: { node: { id?: string } }) => idOf(node));
  if (JSON.stringify(nodes.map(idOf)) !== JSON.stringify(ids))
    throw new Error('`nodes` and `edges` do not hold the same');
  return { ids, cursors: edges.map(({ cursor }: { cursor: string }) => cursor), ...pageInfo, totalCount };
}

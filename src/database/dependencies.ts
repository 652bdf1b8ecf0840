import type { Page } from './keyset.js';

/** A place in a list by date: milliseconds, and the id that breaks ties. */
export interface Place {
  readonly at: number;
  readonly id: string;
}

/** A stretch of a list by date, ends included; null where it is open. Rows that appear or vanish in it change what was read. */
export interface Stretch {
  readonly list: string;
  readonly newest: Place | null;
  readonly oldest: Place | null;
}

/**
 * What an answer depends on, in the words in which the database tells of changes (migration `tell_what_changed`): a thing or
 * an address by name, there or not; or a stretch of a list.
 */
export type Dependency = string | Stretch;

/** Gathers what one answer depends on while it is made. */
export class Reads {
  readonly things = new Set<string>();
  readonly stretches: Stretch[] = [];
  /** The moment at which the answer reads differently by the clock alone. */
  until = Infinity;
  /** Whether all of it is known. Something read without saying what it depends on makes an answer one that cannot be kept. */
  known = true;

  note(dependencies: Iterable<Dependency>): void {
    for (const dependency of dependencies) {
      if (typeof dependency === 'string') this.things.add(dependency);
      else this.stretches.push(dependency);
    }
  }

  expireAt(moment: number): void {
    if (moment < this.until) this.until = moment;
  }

  spoil(): void {
    this.known = false;
  }
}

/** These things or addresses, each by its kind and its id or name. */
export const on = (kind: string, names: Iterable<string>): string[] => Array.from(names, (name) => `${kind}:${name}`);

export const wholeList = (list: string): Stretch => ({ list, newest: null, oldest: null });

/**
 * The stretch of a list by date that one page was read from: up to its last row where the list goes on, to the end of the
 * list where it does not, so that what would have come next is in it.
 */
export function stretchOf(list: string, page: Page, descending: boolean, rows: readonly { place: Place }[]): Stretch {
  const place = (key: Page['after']): Place | null => (key ? { at: Number(key[0]), id: key[1] } : null);
  const [after, before] = [place(page.after), place(page.before)];
  let [newest, oldest] = descending ? [after, before] : [before, after];
  if (rows.length > page.size) {
    const places = rows.map((row) => row.place).sort(comparePlaces);
    // Counted from the newest end, the page ends at its oldest row; otherwise the other way round.
    if (descending !== page.backward) oldest = places[0] ?? oldest;
    else newest = places.at(-1) ?? newest;
  }
  return { list, newest, oldest };
}

/** As PostgreSQL orders (timestamptz, uuid): ids in lower case compare as their bytes do. */
export const comparePlaces = (a: Place, b: Place): number =>
  a.at === b.at ? (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) : a.at - b.at;

export const isWithin = ({ newest, oldest }: Stretch, place: Place): boolean =>
  (newest === null || comparePlaces(place, newest) <= 0) && (oldest === null || comparePlaces(place, oldest) >= 0);

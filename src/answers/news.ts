import { isWithin, type Place, type Reads, type Stretch } from '../database/dependencies.js';

/** What a message of the database says has become untrue (see the migration `tell_what_changed`). */
export interface News {
  /** So much at once that everything is. */
  readonly everything: boolean;
  readonly things: readonly string[];
  readonly places: readonly { readonly list: string; readonly place: Place | null }[];
  /** The moment at which it all comes true again: when a piece that is scheduled appears. */
  readonly again: number | null;
}

export function newsFrom(message: string): News {
  const things: string[] = [];
  const places: { list: string; place: Place | null }[] = [];
  let everything = false;
  let again: number | null = null;
  for (const line of message.split('\n')) {
    const [word = '', at, id] = line.split('\t');
    if (word === '*') everything = true;
    else if (word.startsWith('@')) again = Number(word.slice(1));
    else if (at === undefined) things.push(word);
    else places.push({ list: word, place: id === undefined ? null : { at: Number(at), id } });
  }
  return { everything, things, places, again };
}

/** Whether an answer that depends on `reads` may read differently after `news`. */
export function concerns({ everything, things, places }: News, reads: Pick<Reads, 'things' | 'stretches'>): boolean {
  return (
    everything ||
    things.some((thing) => reads.things.has(thing)) ||
    places.some(({ list, place }) => reads.stretches.some((stretch) => touches(stretch, list, place)))
  );
}

export const touches = (stretch: Stretch, list: string, place: Place | null): boolean =>
  stretch.list === list && (place === null || isWithin(stretch, place));

const none: readonly News[] = [];

/** News of moments still to come, soonest first. */
export class Upcoming {
  private waiting: { at: number; news: News }[] = [];

  add(at: number, news: News): void {
    // Kept in order by where it goes: there are few, and most come after all others.
    let index = this.waiting.length;
    while (index > 0 && this.waiting[index - 1]!.at > at) index -= 1;
    this.waiting.splice(index, 0, { at, news });
  }

  /** Those whose moment has come, each answered once. */
  due(now: number): readonly News[] {
    let count = 0;
    while (count < this.waiting.length && this.waiting[count]!.at <= now) count += 1;
    return count === 0 ? none : this.waiting.splice(0, count).map(({ news }) => news);
  }

  /** The first moment at which an answer that depends on `reads` reads differently, as far as is known. */
  nextFor(reads: Pick<Reads, 'things' | 'stretches'>): number {
    return this.waiting.find(({ news }) => concerns(news, reads))?.at ?? Infinity;
  }

  clear(): void {
    this.waiting = [];
  }
}

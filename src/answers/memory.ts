import type { Reads, Stretch } from '../database/dependencies.js';
import { concerns, type News, touches, Upcoming } from './news.js';

/** What is kept knows its size. */
export interface Sized {
  readonly bytes: number;
}

interface Entry<Answer> {
  readonly keys: string[];
  readonly answer: Answer;
  readonly reads: Reads;
  bytes: number;
  /** Since room was last looked for: then it is spared once. */
  isUsed: boolean;
}

/** An answer being made: what is told of meanwhile may have come too late for it. */
export interface Making {
  readonly missed: News[];
}

const bytesOfKey = (key: string): number => 50 + 2 * key.length;

/** What an entry costs beside its answer, roughly: its key, and a place in an index for each dependency. */
const overhead = (key: string, { things, stretches }: Reads): number =>
  400 + bytesOfKey(key) + 120 * things.size + 200 * stretches.length;

/** Keys an answer is found by besides its own: the spellings of requests that mean the same. */
const mostKeys = 8;

/**
 * Answers in memory, bounded in bytes; the oldest that was not used since room was last needed leaves first. Each goes when
 * something it depends on is told of, or when its moment is over; nothing here reads a clock or a database.
 */
export class AnswerMemory<Answer extends Sized> {
  private readonly byKey = new Map<string, Entry<Answer>>();
  private readonly entries = new Set<Entry<Answer>>();
  private readonly byThing = new Map<string, Set<Entry<Answer>>>();
  private readonly byList = new Map<string, Map<Entry<Answer>, Stretch[]>>();
  private readonly underway = new Set<Making>();
  private readonly upcoming = new Upcoming();
  private held = 0;
  /** What was true when the database was last heard of. */
  private aside: { readonly byKey: ReadonlyMap<string, Entry<Answer>>; readonly bytes: number } | null = null;
  readonly counts = { hits: 0, misses: 0, kept: 0, evicted: 0, dropped: 0, stale: 0 };

  /** Holds `limit` bytes. What is set aside is let go at once where `keepsAside` does not say otherwise. */
  constructor(
    private readonly limit: number,
    private readonly keepsAside = false,
  ) {}

  get bytes(): number {
    return this.held + (this.aside?.bytes ?? 0);
  }

  get size(): number {
    return this.entries.size;
  }

  /** The answer under `key` that still holds at `now` (milliseconds). */
  find(key: string, now: number): Answer | null {
    return this.look(key, now)?.answer ?? null;
  }

  /** The same, with what it depends on. */
  look(key: string, now: number): { readonly answer: Answer; readonly reads: Reads } | null {
    this.comeTrue(now);
    const entry = this.byKey.get(key);
    if (!entry) return null;
    if (entry.reads.until <= now) {
      this.remove(entry);
      return null;
    }
    entry.isUsed = true;
    return entry;
  }

  /** Lets `alias` find what `key` does. */
  alias(key: string, alias: string): void {
    const entry = this.byKey.get(key);
    const bytes = bytesOfKey(alias);
    if (!entry || entry.keys.length >= mostKeys || this.byKey.has(alias) || entry.bytes + bytes > this.limit / 8)
      return;
    entry.keys.push(alias);
    entry.bytes += bytes;
    this.held += bytes;
    this.byKey.set(alias, entry);
    this.makeRoom(entry);
  }

  /** Call before anything is read for what is to be kept, and {@link giveUp} when nothing more of it is. */
  begin(): Making {
    const making = { missed: [] };
    this.underway.add(making);
    return making;
  }

  giveUp(making: Making): void {
    this.underway.delete(making);
  }

  /** Keeps an answer, unless something it depends on was told of while it was made. */
  keep(making: Making, key: string, answer: Answer, reads: Reads, now: number): boolean {
    this.comeTrue(now);
    if (!reads.known || reads.until <= now || making.missed.some((news) => concerns(news, reads))) return false;
    const bytes = answer.bytes + overhead(key, reads);
    if (bytes > this.limit / 8) return false;
    const before = this.byKey.get(key);
    if (before) this.remove(before);
    const entry: Entry<Answer> = { keys: [key], answer, reads, bytes, isUsed: false };
    this.byKey.set(key, entry);
    this.entries.add(entry);
    this.held += bytes;
    for (const thing of reads.things) indexed(this.byThing, thing, () => new Set<Entry<Answer>>()).add(entry);
    for (const stretch of reads.stretches) {
      const list = indexed(this.byList, stretch.list, () => new Map<Entry<Answer>, Stretch[]>());
      list.set(entry, [...(list.get(entry) ?? []), stretch]);
    }
    this.counts.kept += 1;
    this.makeRoom(entry);
    return true;
  }

  private makeRoom(newest: Entry<Answer>): void {
    for (const oldest of this.entries) {
      if (this.held <= this.limit) return;
      if (oldest === newest) continue;
      if (oldest.isUsed) {
        oldest.isUsed = false;
        this.entries.delete(oldest);
        this.entries.add(oldest);
      } else {
        this.counts.dropped += 1;
        this.remove(oldest);
      }
    }
  }

  /** When an answer that depends on `reads` will read differently, as far as is known; Infinity when never. */
  changesAt(reads: Reads): number {
    return Math.min(reads.until, this.upcoming.nextFor(reads));
  }

  /** Forgets what `news` makes untrue, now and once more at the moment it names. */
  learn(news: News, now: number): void {
    if (news.again !== null && news.again > now) this.upcoming.add(news.again, news);
    this.forget(news);
  }

  /** The answer under `key` that was true when everything was last set aside, whatever has become of it since. */
  findAside(key: string): Answer | null {
    return this.aside?.byKey.get(key)?.answer ?? null;
  }

  /** Forgets every answer, but that it was true until now: nothing is found here any more, except by {@link findAside}. */
  setAside(): void {
    const aside = this.keepsAside ? { byKey: new Map(this.byKey), bytes: this.held } : null;
    this.forgetAll();
    this.aside = aside;
  }

  /** Lets go of what was set aside. */
  dropAside(): void {
    this.aside = null;
  }

  /** Forgets every answer, and what is to come. */
  forgetAll(): void {
    this.aside = null;
    this.upcoming.clear();
    this.forget({ everything: true, things: [], places: [], again: null });
  }

  /** Holds news ready for the moments they name. */
  expect(upcoming: readonly News[]): void {
    for (const news of upcoming) if (news.again !== null) this.upcoming.add(news.again, news);
  }

  private comeTrue(now: number): void {
    for (const news of this.upcoming.due(now)) this.forget(news);
  }

  private forget(news: News): void {
    for (const making of this.underway) making.missed.push(news);
    const stale = new Set<Entry<Answer>>();
    if (news.everything) for (const entry of this.entries) stale.add(entry);
    for (const thing of news.things) for (const entry of this.byThing.get(thing) ?? []) stale.add(entry);
    for (const { list, place } of news.places) {
      for (const [entry, stretches] of this.byList.get(list) ?? []) {
        if (stretches.some((stretch) => touches(stretch, list, place))) stale.add(entry);
      }
    }
    this.counts.evicted += stale.size;
    for (const entry of stale) this.remove(entry);
  }

  private remove(entry: Entry<Answer>): void {
    this.entries.delete(entry);
    this.held -= entry.bytes;
    for (const key of entry.keys) this.byKey.delete(key);
    for (const thing of entry.reads.things) unindexed(this.byThing, thing, entry);
    for (const { list } of entry.reads.stretches) unindexed(this.byList, list, entry);
  }
}

function indexed<Value>(index: Map<string, Value>, key: string, make: () => Value): Value {
  let value = index.get(key);
  if (value === undefined) index.set(key, (value = make()));
  return value;
}

function unindexed<Item>(
  index: Map<string, { delete(item: Item): boolean; readonly size: number }>,
  key: string,
  item: Item,
): void {
  const among = index.get(key);
  among?.delete(item);
  if (among?.size === 0) index.delete(key);
}

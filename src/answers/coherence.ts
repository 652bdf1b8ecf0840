import type { Logger } from 'pino';
import type { Database, Queryable, Subscription } from '../database/database.js';
import { answeredWithin, isTooManyConnections, Presence } from '../database/presence.js';
import { sql } from '../database/sql.js';
import { type News, newsFrom } from './news.js';
import type { Purging } from './purging.js';

/** What forgets what it is told of. */
export interface Forgetful {
  learn(news: News, now: number): void;
  expect(upcoming: readonly News[]): void;
  forgetAll(): void;
  /** The same; what is there may be kept aside until then, for when the database does not answer. */
  setAside(): void;
}

const channel = 'dateline';
const beatMs = 25;
/** Longer than this without a beat, the process was stopped or held up, and messages may lie unread. */
const stillMs = 100;
const heartbeatMs = 1000;
const firstPauseMs = 100;
/** With an attempt that comes to nothing, no more than five seconds. */
const longestPauseMs = 1500;
/** More schedules than this are not held; the moment of the last is when they are read again. */
const mostUpcoming = 5000;

/**
 * Keeps memories true to the database: it learns of every committed change, by whichever instance or program, and
 * they are not to be trusted from the moment the connection is lost until everything has been forgotten and a new one stands.
 * A connection that nothing is heard from is lost after three seconds: a network may swallow its end.
 */
export class Coherence {
  private subscription: Subscription | null = null;
  private connected = false;
  private lastBeat = performance.now();
  private lastHeard = performance.now();
  private catchingUp: Promise<boolean> | null = null;
  private stopped = false;
  private readonly timers: NodeJS.Timeout[] = [];
  private horizon = Infinity;
  /** The latest moment the clock has shown. */
  private latest = -Infinity;
  private reading: Promise<void> = Promise.resolve();
  private readingAsked = false;

  constructor(
    private readonly db: Database,
    private readonly memories: readonly Forgetful[],
    private readonly clock: () => Date,
    private readonly log: Logger,
    private readonly purging?: Purging,
    private readonly presence = new Presence(),
  ) {}

  /** Resolves when the memory may be used for the first time, or the first attempt has failed and others follow. */
  async start(): Promise<void> {
    this.timers.push(
      setInterval(() => this.beat(), beatMs),
      setInterval(() => void this.caughtUp(), heartbeatMs),
    );
    for (const timer of this.timers) timer.unref();
    await this.connect(firstPauseMs);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.connected = false;
    for (const timer of this.timers) clearInterval(timer);
    await this.subscription?.close();
  }

  /** Whether what is in memory may be used without asking anyone. */
  get isCurrent(): boolean {
    return (
      this.connected &&
      this.catchingUp === null &&
      performance.now() - this.lastBeat < stillMs &&
      this.read() < this.horizon
    );
  }

  /**
   * The clock. Once it has gone back, what had come due is due no longer, and an answer may be of a moment that is still to
   * come: nothing kept is true any more.
   */
  private read(): number {
    const now = this.clock().getTime();
    const wentBack = now < this.latest;
    this.latest = now;
    if (wentBack && this.connected) this.readUpcoming();
    return now;
  }

  /** Whether the database is known not to answer. */
  get isAway(): boolean {
    return this.presence.isAway;
  }

  /** How long ago it was last known that everything had been told of, by a clock that does not jump. */
  get unheardMs(): number {
    return performance.now() - this.lastHeard;
  }

  /** Waits until everything committed before the call is known. False where that cannot be found out now. */
  caughtUp(): Promise<boolean> {
    const { subscription } = this;
    if (!this.connected || !subscription) return Promise.resolve(false);
    this.read();
    const waiting = (async () => {
      try {
        await answeredWithin(stillMs * 20, subscription.caughtUp());
        this.lastHeard = performance.now();
        await this.reading;
        return this.connected;
      } catch (error) {
        this.lost(error as Error);
        return false;
      }
    })();
    return waiting;
  }

  private beat(): void {
    const now = performance.now();
    const wasStill = now - this.lastBeat >= stillMs;
    this.lastBeat = now;
    if (wasStill && this.connected) {
      const catchingUp = this.caughtUp();
      this.catchingUp = catchingUp;
      void catchingUp.then(() => {
        if (this.catchingUp === catchingUp) this.catchingUp = null;
      });
    }
    const moment = this.read();
    if (this.connected && moment >= this.horizon) this.readUpcoming();
  }

  private async connect(pauseMs: number): Promise<void> {
    if (this.stopped) return;
    try {
      let gone: Error | undefined;
      let onLost = (error: Error) => void (gone = error);
      const subscription = await this.db.subscribe(channel, {
        onMessage: (message) => this.told(newsFrom(message)),
        onLost: (error) => onLost(error),
      });
      onLost = (error) => {
        gone = error;
        if (this.subscription === subscription) this.lost(error);
      };
      this.presence.isBack();
      this.subscription = subscription;
      this.readUpcoming();
      await this.reading;
      if (gone) throw gone;
      this.connected = true;
      this.lastHeard = performance.now();
      // What changed while nobody listened is not known.
      this.purging?.addAll();
    } catch (error) {
      this.log.warn({ err: error }, 'changes cannot be heard of; answers are not kept meanwhile');
      // A server that is full is there: those who have a connection are answered.
      if (isTooManyConnections(error)) this.presence.isBack();
      else this.presence.isGone();
      const timer = setTimeout(() => void this.connect(Math.min(pauseMs * 2, longestPauseMs)), pauseMs);
      timer.unref();
    }
  }

  private lost(error: Error): void {
    if (!this.connected) return;
    this.connected = false;
    for (const memory of this.memories) memory.setAside();
    this.log.warn({ err: error }, 'changes are no longer heard of; nothing kept is taken for true any more');
    const { subscription } = this;
    this.subscription = null;
    void subscription?.close().catch(() => undefined);
    void this.connect(firstPauseMs);
  }

  private told(news: News): void {
    this.purging?.add(news);
    if (news.everything) this.readUpcoming();
    else for (const memory of this.memories) memory.learn(news, this.clock().getTime());
  }

  /** Forgets everything and reads what is scheduled; until that is done nothing may be used. */
  private readUpcoming(): void {
    for (const memory of this.memories) memory.forgetAll();
    this.horizon = -Infinity;
    if (this.readingAsked) return;
    this.readingAsked = true;
    this.reading = this.reading
      .then(async () => {
        this.readingAsked = false;
        const upcoming = await scheduled(this.db, this.clock());
        if (this.readingAsked) return;
        // What was told of meanwhile is held already; to hold it twice does no harm.
        for (const memory of this.memories) memory.expect(upcoming);
        this.horizon = upcoming.length < mostUpcoming ? Infinity : (upcoming.at(-1)?.again ?? Infinity);
      })
      .catch((error: unknown) => this.lost(error as Error));
  }
}

/** What will appear by itself, in the words the database would have told of it in. */
async function scheduled(db: Queryable, now: Date): Promise<News[]> {
  const moment = sql`${now.toISOString()}::timestamptz`;
  const rows = await db.rows<{ message: string }>(sql`
    select array_to_string(message, e'\n') as message from (
      (select ordered_at, article_told(null, a) as message from article a
        where status = 'PUBLISHED' and ordered_at > ${moment} order by ordered_at limit ${mostUpcoming}::int)
      union all
      (select k.ordered_at, byline_told(null, k) from byline k join article a on a.id = k.article_id
        where a.status = 'PUBLISHED' and a.ordered_at > ${moment} order by a.ordered_at limit ${mostUpcoming}::int)
      union all
      (select k.ordered_at, article_tag_told(null, k) from article_tag k join article a on a.id = k.article_id
        where a.status = 'PUBLISHED' and a.ordered_at > ${moment} order by a.ordered_at limit ${mostUpcoming}::int)
    ) scheduled order by ordered_at limit ${mostUpcoming}::int`);
  return rows.map(({ message }) => newsFrom(message));
}

import type { Logger } from 'pino';
import type { Database, Queryable, Subscription } from '../database/database.js';
import { sql } from '../database/sql.js';
import { type News, newsFrom } from './news.js';
import type { Purging } from './purging.js';

/** What forgets what it is told of. */
export interface Forgetful {
  learn(news: News, now: number): void;
  expect(upcoming: readonly News[]): void;
  forgetAll(): void;
}

const channel = 'dateline';
const beatMs = 25;
/** Longer than this without a beat, the process was stopped or held up, and messages may lie unread. */
const stillMs = 100;
const heartbeatMs = 1000;
const firstPauseMs = 100;
const longestPauseMs = 5000;
/** More schedules than this are not held; the moment of the last is when they are read again. */
const mostUpcoming = 5000;

/**
 * Keeps memories true to the database: it learns of every committed change, by whichever instance or program, and
 * they are not to be trusted from the moment the connection is lost until everything has been forgotten and a new one stands.
 */
export class Coherence {
  private subscription: Subscription | null = null;
  private connected = false;
  private lastBeat = performance.now();
  private catchingUp: Promise<boolean> | null = null;
  private stopped = false;
  private readonly timers: NodeJS.Timeout[] = [];
  private horizon = Infinity;
  private reading: Promise<void> = Promise.resolve();
  private readingAsked = false;

  constructor(
    private readonly db: Database,
    private readonly memories: readonly Forgetful[],
    private readonly clock: () => Date,
    private readonly log: Logger,
    private readonly purging?: Purging,
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
      this.clock().getTime() < this.horizon
    );
  }

  /** Waits until everything committed before the call is known. False where that cannot be found out now. */
  caughtUp(): Promise<boolean> {
    const { subscription } = this;
    if (!this.connected || !subscription) return Promise.resolve(false);
    const waiting = (async () => {
      try {
        await within(stillMs * 20, subscription.caughtUp());
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
    if (this.connected && this.clock().getTime() >= this.horizon) this.readUpcoming();
  }

  private async connect(pauseMs: number): Promise<void> {
    if (this.stopped) return;
    try {
      let gone: Error | undefined;
      const subscription = await this.db.subscribe(channel, {
        onMessage: (message) => this.told(newsFrom(message)),
        onLost: (error) => {
          gone = error;
          if (this.subscription === subscription) this.lost(error);
        },
      });
      this.subscription = subscription;
      this.readUpcoming();
      await this.reading;
      if (gone) throw gone;
      this.connected = true;
      // What changed while nobody listened is not known.
      this.purging?.addAll();
    } catch (error) {
      this.log.warn({ err: error }, 'changes cannot be heard of; answers are not kept meanwhile');
      const timer = setTimeout(() => void this.connect(Math.min(pauseMs * 2, longestPauseMs)), pauseMs);
      timer.unref();
    }
  }

  private lost(error: Error): void {
    if (!this.connected) return;
    this.connected = false;
    for (const memory of this.memories) memory.forgetAll();
    this.log.warn({ err: error }, 'changes are no longer heard of; everything kept is forgotten');
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

async function within(ms: number, doing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([doing, late]);
  } finally {
    clearTimeout(timer);
  }
}

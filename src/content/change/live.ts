import type { Logger } from 'pino';
import type { PartnerViewer } from '../../access/viewer.js';
import type { Database, Subscription } from '../../database/database.js';
import { LiveEvent } from '../../graphql/events.js';
import { startRounds, type Rounds } from '../../jobs/rounds.js';
import { cursorAt, partnersCursorAt } from './cursors.js';
import { Followed, type Follower, type LiveChange, type Told } from './follower.js';
import { newestOfPartner, partnerChangesAfter, settle } from './partner-log.js';
import { type ChangeRow, changesAfter, isMoreAfter, newestPlace, sectionsOf } from './read.js';
import { isAfter, type LogPlace } from './rules.js';

declare module '../../graphql/context.js' {
  interface Live {
    changes: LiveLog;
  }
}

export interface LiveOptions {
  db: Database;
  clock: () => Date;
  log: Logger;
}

const channel = 'dateline';
const mostAtOnce = 100;
/** How often the log is looked at though nobody told of anything: what is told may be lost with a connection. */
const lookEveryMs = 2000;
/** What cannot be read yet, because an older transaction is under way, is looked for again this soon. */
const lookAgainMs = 20;
/** So many events are kept for those who come again, so that they need no database for it. */
const mostRecent = 500;
const reconnectAfterMs = 500;

/** The log as it grows, for any number of followers: read once for all of them, when the database tells that there is more. */
export class LiveLog {
  private readonly followers = new Set<Follower>();
  private recent: Told[] = [];
  /** Everything after this is in `recent`. */
  private recentSince: LogPlace | null = null;
  private place: LogPlace | null = null;
  private rounds: Rounds | null = null;
  private subscription: Promise<Subscription | null> | null = null;
  private starting: Promise<LogPlace> | null = null;
  private waits = lookAgainMs;
  private again: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(private readonly options: LiveOptions) {}

  get size(): number {
    return this.followers.size;
  }

  /**
   * Events after a place, or from now on, as they come and each once; those that `wanted` is true for. Null where only the log
   * of another server can have the place.
   */
  async follow(after: LogPlace | null, wanted: (change: LiveChange) => boolean): Promise<Follower | null> {
    const now = await this.begin();
    const reached = this.place ?? now;
    const from = after ?? reached;
    const follower = new Followed(from, reached, wanted, {
      read: (place) => this.read(place),
      left: () => this.left(follower),
    });
    this.followers.add(follower);
    if (this.isStopped) follower.interrupt();
    const since = this.recentSince;
    if (since && !isAfter(since, from)) {
      follower.catchUp(this.recent.filter(({ place }) => isAfter(place, from)));
      return follower;
    }
    const isThere = await follower.readOn().catch((error: unknown) => {
      this.left(follower);
      throw error;
    });
    if (isThere) return follower;
    this.left(follower);
    return null;
  }

  /** The same for a partner, whose log is its own. Told within seconds of what time alone has made visible. */
  async followAs(
    partner: PartnerViewer,
    after: string | null,
    wanted: (change: LiveChange) => boolean,
  ): Promise<Follower> {
    const { db, clock } = this.options;
    await this.begin();
    const readAfter = async (place: LogPlace) => {
      await settle(db, partner, clock(), 10);
      const rows = await partnerChangesAfter(db, partner.partnerId, place.id, mostAtOnce);
      return this.told(
        rows.map(({ id, ...row }) => ({ ...row, place: { xid: '0', id } })),
        ({ id }) => partnersCursorAt(partner.partnerId, id),
      );
    };
    if (after === null) while (!(await settle(db, partner, clock(), 10)));
    const from: LogPlace = { xid: '0', id: after ?? (await newestOfPartner(db, partner.partnerId)) };
    const follower = new Followed(from, null, wanted, { read: readAfter, left: () => this.left(follower) });
    this.followers.add(follower);
    if (this.isStopped) follower.interrupt();
    return follower;
  }

  /** Ends every stream, for its client to go on with another instance. */
  async stop(): Promise<void> {
    this.isStopped = true;
    for (const follower of [...this.followers]) follower.interrupt();
    await this.rest();
  }

  private left(follower: Follower): void {
    this.followers.delete(follower);
    if (this.followers.size === 0) void this.rest();
  }

  /** Begins to read, unless it is done already. Answers where the log ended then. */
  private begin(): Promise<LogPlace> {
    return (this.starting ??= this.start().catch((error: unknown) => {
      this.starting = null;
      throw error;
    }));
  }

  private async start(): Promise<LogPlace> {
    const { db, log } = this.options;
    this.listen();
    await this.subscription;
    const end = await newestPlace(db);
    this.place = this.recentSince = end;
    this.recent = [];
    this.rounds = startRounds({ what: 'following the log', everyMs: lookEveryMs, log, round: () => this.advance() });
    return end;
  }

  /** Nobody follows: nothing is read. */
  private async rest(): Promise<void> {
    await this.starting?.catch(() => undefined);
    if (this.followers.size > 0) return;
    const { rounds, subscription } = this;
    this.rounds = this.subscription = this.starting = null;
    this.place = this.recentSince = null;
    this.recent = [];
    clearTimeout(this.again);
    await rounds?.stop();
    await (await subscription)?.close().catch(() => undefined);
  }

  private listen(): void {
    const { db, log } = this.options;
    const mine: Promise<Subscription | null> = db
      .subscribe(channel, {
        onMessage: (message) => {
          if (message === '*' || /^changes$/m.test(message)) this.rounds?.soon();
        },
        onLost: (error) => lost(error),
      })
      .catch((error: unknown) => {
        lost(error as Error);
        return null;
      });
    const lost = (error: Error) => {
      log.warn({ err: error }, 'the growing log is not told of; it is looked at every two seconds');
      setTimeout(() => {
        if (this.subscription === mine) this.listen();
      }, reconnectAfterMs).unref();
    };
    this.subscription = mine;
  }

  /** Reads what is new, and hands it to all. */
  private async advance(): Promise<void> {
    const { db } = this.options;
    for (;;) {
      const { place } = this;
      if (!place) return;
      const told = await this.read(place);
      // The database was exchanged for another: its log begins anew.
      if (!told) {
        this.place = this.recentSince = await newestPlace(db);
        this.recent = [];
        return;
      }
      if (this.place !== place) return;
      this.place = told.at(-1)?.place ?? place;
      this.recent.push(...told);
      const surplus = this.recent.splice(0, Math.max(0, this.recent.length - mostRecent)).at(-1);
      if (surplus) this.recentSince = surplus.place;
      for (const follower of this.followers) follower.tell(told);
      if (told.length === mostAtOnce) continue;
      if (told.length > 0) this.waits = lookAgainMs;
      if (!(await isMoreAfter(db, this.place))) return;
      this.again = setTimeout(() => this.rounds?.soon(), this.waits);
      this.again.unref();
      this.waits = Math.min(this.waits * 2, lookEveryMs);
      return;
    }
  }

  private async read(after: LogPlace): Promise<Told[] | null> {
    const { db, clock } = this.options;
    const rows = await changesAfter(db, clock(), after, mostAtOnce);
    return rows && this.told(rows, cursorAt);
  }

  private async told(rows: readonly ChangeRow[], cursorOf: (place: LogPlace) => string): Promise<Told[]> {
    if (rows.length === 0) return [];
    const sections = await sectionsOf(this.options.db, [...new Set(rows.map(({ articleId }) => articleId))]);
    return rows.map(({ place, ...row }) => {
      const cursor = cursorOf(place);
      return { place, event: new LiveEvent(cursor, { ...row, cursor, sections: sections.get(row.articleId) ?? [] }) };
    });
  }
}

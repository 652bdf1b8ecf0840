import type { Logger } from 'pino';
import type { Site } from '../../config.js';
import { systemOf } from '../../content/partner-feed/read.js';
import { type ClaimedFeed, claimFeeds, hastenFeeds, notePoll, type Poll } from '../../content/partner-feed/store.js';
import { waitAsked } from '../../content/webhook/rules.js';
import type { Database } from '../../database/database.js';
import { watchClock } from '../../jobs/clock.js';
import { startRounds } from '../../jobs/rounds.js';
import { isWritable } from '../../moments.js';
import { inSpan } from '../../observability/tracing/spans.js';
import { type Answered, NoAnswer, type Outgoing } from '../../outgoing/ask.js';
import { detectFormat, UnknownFormat } from '../format.js';
import { importFrom } from '../import.js';
import { sourceOfAnswer, UnreadableSource } from '../source.js';
import { FeedReader, mostFeedBytes } from './reader.js';
import { followWithdrawals, missingFrom } from './withdraw.js';

export interface FollowingOptions {
  readonly db: Database;
  readonly site: Site;
  readonly log: Logger;
  readonly outgoing: Outgoing;
  readonly clock: () => Date;
  /** How often it is asked which feeds are due. */
  readonly pollEveryMs?: number;
}

export interface Following {
  /** Lets what is being read end, and reads no more. */
  stop(): Promise<void>;
}

const mostAtOnce = 4;
const withinMs = 60_000;
const longestWaitMinutes = 24 * 60;
const accept = 'application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, */*;q=0.5';

/** Looks at partners' feeds when they are due, until stopped. Any number of instances may. */
export function startFollowing(options: FollowingOptions): Following {
  const { db, log, clock, pollEveryMs = 5000 } = options;
  const reading = new Set<Promise<void>>();
  const lateBy = watchClock(2 * longestWaitMinutes * 60_000);
  const rounds = startRounds({
    what: 'the following of feeds',
    everyMs: pollEveryMs,
    log,
    async round() {
      const now = clock();
      const late = lateBy(now);
      if (late !== null) await hastenFeeds(db, now, late);
      for (const feed of await claimFeeds(db, mostAtOnce - reading.size, now)) {
        const done = inSpan('partner feed', {}, () => follow(feed, options))
          // It stays claimed, and is looked at again when the claim runs out.
          .catch((error: unknown) => log.error({ err: error, feed: feed.url }, 'a feed met a fault'))
          .finally(() => {
            reading.delete(done);
            rounds.soon();
          });
        reading.add(done);
      }
    },
  });
  return {
    async stop() {
      await rounds.stop();
      await Promise.all(reading);
    },
  };
}

/** Looks at one feed, stores what is new in it, and notes what came of it. */
async function follow(feed: ClaimedFeed, options: FollowingOptions): Promise<void> {
  const { db, outgoing, clock } = options;
  try {
    const answer = await outgoing.ask(new URL(feed.url), {
      mostRedirects: 5,
      mostBytes: mostFeedBytes,
      withinMs,
      headers: {
        accept,
        'accept-encoding': 'gzip',
        ...(feed.etag === null ? {} : { 'if-none-match': feed.etag }),
        ...(feed.lastModified === null ? {} : { 'if-modified-since': feed.lastModified }),
      },
    });
    await notePoll(db, feed, await pollOf(feed, answer, options));
  } catch (error) {
    const isTheirs = error instanceof NoAnswer || error instanceof UnreadableSource || error instanceof UnknownFormat;
    if (!isTheirs) throw error;
    const at = clock();
    await notePoll(db, feed, {
      at,
      dueAt: dueAfter(feed, feed.failures + 1, at),
      answered: null,
      problem: error.message,
    });
  }
}

async function pollOf(feed: ClaimedFeed, answer: Answered, options: FollowingOptions): Promise<Poll> {
  const { status } = answer;
  if (status === 200) {
    const read = await takeOver(feed, answer, options);
    const at = options.clock();
    return { at, dueAt: dueAfter(feed, 0, at), answered: status, problem: null, read };
  }
  await answer.letGo();
  const at = options.clock();
  // Asked with what it said last, it answers 304 while nothing has changed (RFC 9110 section 15.4.5).
  if (status === 304) return { at, dueAt: dueAfter(feed, 0, at), answered: status, problem: null };
  const problem = `It answered ${status}.`;
  const due = dueAfter(feed, feed.failures + 1, at);
  const asked = waitAsked(answer.header('retry-after'), at);
  const noted = { at, dueAt: asked && asked > due ? asked : due, answered: status, problem };
  return status === 410 ? { ...noted, disabledBecause: 'It answered 410 Gone.' } : noted;
}

/** When a feed that failed so many times in a row is looked at next: later each time, daily at last. */
function dueAfter({ everyMinutes }: ClaimedFeed, failures: number, at: Date): Date {
  const minutes = everyMinutes * 2 ** Math.min(failures, 12);
  return new Date(at.getTime() + Math.min(minutes, Math.max(everyMinutes, longestWaitMinutes)) * 60_000);
}

async function takeOver(
  { id, url, section, partner, status }: ClaimedFeed,
  answer: Answered,
  options: FollowingOptions,
): Promise<NonNullable<Poll['read']>> {
  const { db, site, clock } = options;
  const source = await sourceOfAnswer(answer, { bytes: mostFeedBytes });
  try {
    const format = detectFormat(await source.head());
    if (format === 'wxr' || format === 'ndjson') throw new UnreadableSource(`${url} is no feed.`);
    const system = systemOf(id);
    const reader = await FeedReader.open(source, format, {
      system,
      section,
      partner,
      status: status === 'PUBLISHED' ? 'PUBLISHED' : 'DRAFT',
    });
    const counts = { created: 0, updated: 0 };
    for await (const { kind, outcome } of importFrom(reader, db, { site, now: clock() })) {
      if (kind === 'article' && (outcome === 'created' || outcome === 'updated')) counts[outcome] += 1;
    }
    const gone = [...reader.withdrawn, ...(await goneFrom(reader, system, options))];
    return {
      url: answer.lastingUrl.href,
      etag: answer.header('etag'),
      lastModified: answer.header('last-modified'),
      ...counts,
      withdrawn: await followWithdrawals(db, system, gone, clock()),
    };
  } finally {
    await source.close();
  }
}

/** Which pieces that the feed lacks are gone from their own addresses as well: most feeds have no word for a withdrawal. */
async function goneFrom({ items }: FeedReader, system: string, { db, outgoing }: FollowingOptions): Promise<string[]> {
  const dates = items.map(({ published }) => Date.parse(published ?? '')).filter(isWritable);
  if (dates.length === 0) return [];
  const present = items.flatMap(({ id }) => id ?? []);
  const missing = await missingFrom(db, system, present, new Date(Math.min(...dates)));
  const gone: string[] = [];
  for (const { id, url } of missing) {
    try {
      const answer = await outgoing.ask(new URL(url), { mostRedirects: 5 });
      await answer.letGo();
      if (answer.status === 404 || answer.status === 410) gone.push(id);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  }
  return gone;
}

import { usualStaleSeconds } from '../answers/answers.js';
import type { Content } from './content.js';

/** What stands at a public address at this moment. */
export interface Representation {
  readonly content: Content;
  readonly mediaType: string;
  /** When its content last changed; null where nothing in it has a date, or what goes leaves none. Never the moment of asking. */
  readonly lastModified: Date | null;
  /** When it is going to read differently; null while that is not known. */
  readonly changesAt: Date | null;
  /** How long a cache may go on showing it at most; a minute when absent. */
  readonly mostSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What an answer says of itself that was true so many seconds ago, and of which nobody can say now whether it still is (RFC 9111
 * section 5.1, RFC 9211).
 */
export const staleness = (seconds: number): Record<string, string> => ({
  age: String(seconds),
  'cache-status': `Dateline; hit; ttl=-${seconds}; detail=database-away`,
});

/** How long it may be shown while nobody can be asked, and for how long it has been; null while it is true. */
export interface Staleness {
  staleIfError?: number | undefined;
  staleSeconds?: number | null;
}

/** Caches on the way ask again at once, and may show it as long as it may be shown here: `Age` is taken off (RFC 5861 section 4). */
export const staleControl = (staleIfError: number): string => `public, max-age=0, stale-if-error=${staleIfError}`;

/**
 * Answers a GET or HEAD for `representation`: 304 to a client that has it (RFC 9110 section 13.2.2), otherwise the whole in
 * the coding the client likes best.
 */
export async function answerWith(
  request: Request,
  representation: Representation,
  now: Date,
  { staleIfError = usualStaleSeconds, staleSeconds = null }: Staleness = {},
): Promise<Response> {
  const { content, mediaType, lastModified, changesAt, mostSeconds, headers } = representation;
  const coding = content.codingFor(request.headers.get('accept-encoding'));
  const etag = await content.tagIn(coding);
  const dated = dateOf(lastModified, now);
  const common = {
    ...headers,
    ...(staleSeconds === null ? {} : staleness(staleSeconds)),
    'cache-control':
      staleSeconds === null
        ? `public, max-age=${lifeUntil(changesAt, now, mostSeconds)}, stale-if-error=${staleIfError}`
        : staleControl(staleIfError),
    etag,
    vary: 'Accept-Encoding',
    ...(dated ? { 'last-modified': dated.toUTCString() } : {}),
  };
  if (isCurrent(request, etag, dated, now)) return new Response(null, { status: 304, headers: common });

  const { bytes } = await content.in(coding);
  return new Response(new Uint8Array(bytes), {
    headers: {
      ...common,
      'content-type': mediaType,
      'content-length': String(bytes.length),
      'x-content-type-options': 'nosniff',
      ...(coding === 'identity' ? {} : { 'content-encoding': coding }),
    },
  });
}

/** How long what is shown at `now` stays true: `most` seconds, less when it changes before that. */
export function lifeUntil(change: Date | null, now: Date, most = 60): number {
  if (!change) return most;
  // One second short of it, since the answer still has its way to go.
  return Math.max(0, Math.min(most, Math.ceil((change.getTime() - now.getTime()) / 1000) - 1));
}

/** Longer than any write takes, from the reading of the clock to its commit. */
const stillOpenMs = 60_000;

/**
 * The date that content can be known by (RFC 9110 section 8.8.2.2); null while something may still come that has the same
 * date, or an earlier one: whoever was given it would be told that nothing has changed.
 */
function dateOf(lastModified: Date | null, now: Date): Date | null {
  if (!lastModified || now.getTime() - lastModified.getTime() < stillOpenMs) return null;
  return new Date(Math.ceil(lastModified.getTime() / 1000) * 1000);
}

/** RFC 9110 sections 13.1.2 and 13.1.3: a tag decides where there is one, and the date is not looked at. */
function isCurrent(request: Request, etag: string, dated: Date | null, now: Date): boolean {
  const tags = request.headers.get('if-none-match');
  if (tags !== null) return names(tags, etag);
  const since = Date.parse(request.headers.get('if-modified-since') ?? '');
  // A date that is still to come was given by a clock that was ahead, and says nothing.
  return dated !== null && dated.getTime() <= since && since <= now.getTime();
}

/** Whether `If-None-Match` names the tag (RFC 9110 section 13.1.2). */
export const names = (tags: string, etag: string): boolean =>
  tags.trim() === '*' || [...tags.matchAll(/"[^"]*"/g)].some(([tag]) => tag === etag);

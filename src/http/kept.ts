import { usualStaleSeconds } from '../answers/answers.js';
import { lifeUntil, names, staleControl, staleness } from './conditional.js';
import { type Coding, Content } from './content.js';
import type { Outgoing, RequestHead } from './exchange.js';
import { protection } from './protection.js';

/** What of a request decides how a kept answer is sent. */
export interface Asked {
  readonly method: string;
  readonly acceptEncoding: string | null;
  readonly ifNoneMatch: string | null;
}

export interface KeptOptions {
  readonly status: number;
  readonly mediaType: string;
  /** Whether caches on the way may show it to others: not a refusal, nor what nothing is known of. */
  readonly isShared: boolean;
  /** The moment from which it reads differently, in milliseconds; Infinity when none is known. */
  readonly changesAt: number;
  /** Names of what it shows, for caches that can be told to forget by name. */
  readonly surrogateKey: string;
  /** For how many seconds it may be shown while nobody can be asked whether it is still true. */
  readonly staleIfError?: number | undefined;
  /** What it answers, as measures call it. */
  readonly operation?: string | undefined;
  /** What else it says of itself. */
  readonly headers?: Readonly<Record<string, string>>;
}

const freshForClients = 10;

/** What an answer takes beside its content: mostly its heads. Measured. */
const bytesBeside = 2500;

/** What is said before the body of an answer that is kept: the same for one second. */
interface Head {
  /** How many seconds it has, rounded up, until it reads differently. */
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The same as `writeHead` takes it: name, value, name, value. */
  readonly lines: readonly string[];
}

/** An answer that is kept, as it goes out now. What it shares with others is copied by whoever adds to it. */
export interface Given {
  readonly status: number;
  readonly head: Pick<Head, 'headers' | 'lines'>;
  readonly body: Buffer | null;
}

const secondsUntil = (moment: number, now: Date): number => Math.ceil((moment - now.getTime()) / 1000);

const headOf = (headers: Record<string, string>, seconds: number): Head => ({
  seconds,
  headers,
  lines: Object.entries(headers).flat(),
});

/**
 * One answer for anyone, in every coding that was asked for, each compressed once. What it says of its age counts down to the
 * moment it changes.
 */
export class Kept {
  private readonly content: Content;
  private readonly heads = new Map<Coding, Map<string, Head>>();
  readonly bytes: number;

  constructor(
    content: string | Buffer,
    private readonly options: KeptOptions,
  ) {
    this.content = new Content(content);
    this.bytes = this.content.size + bytesBeside;
  }

  private get staleIfError(): number {
    return this.options.staleIfError ?? usualStaleSeconds;
  }

  get operation(): string | undefined {
    return this.options.operation;
  }

  /** Makes ready what {@link answer} sends without waiting. */
  async prepare({ acceptEncoding }: Asked): Promise<void> {
    await this.content.in(this.content.codingFor(acceptEncoding));
  }

  /** The answer at `now`; null where it has to be made ready first. It says for how long nobody has known whether it is true. */
  answer(asked: Asked, now: Date, staleSeconds: number | null = null): Given | null {
    const coding = this.content.codingFor(asked.acceptEncoding);
    const encoded = this.content.made(coding);
    if (!encoded) return null;
    const { bytes, etag } = encoded;
    const heads = this.headsIn(coding);
    const isPosted = asked.method === 'POST';
    const isKnown = this.options.isShared && !isPosted && asked.ifNoneMatch !== null && names(asked.ifNoneMatch, etag);
    const name = isKnown ? 'known' : isPosted ? 'posted' : 'got';
    const seconds = secondsUntil(this.options.changesAt, now);
    let head = heads.get(name);
    if (head?.seconds !== seconds || staleSeconds !== null) {
      const headers = this.headers(now, etag, isPosted, staleSeconds);
      if (!isKnown) {
        headers['content-length'] = String(bytes.length);
        if (coding !== 'identity') headers['content-encoding'] = coding;
      }
      head = headOf(headers, seconds);
      if (staleSeconds === null) heads.set(name, head);
    }
    if (isKnown) return { status: 304, head, body: null };
    return { status: this.options.status, head, body: asked.method === 'HEAD' ? null : bytes };
  }

  private headsIn(coding: Coding): Map<string, Head> {
    let heads = this.heads.get(coding);
    if (!heads) this.heads.set(coding, (heads = new Map<string, Head>()));
    return heads;
  }

  private headers(now: Date, etag: string, isPosted: boolean, staleSeconds: number | null): Record<string, string> {
    const headers: Record<string, string> = {
      ...protection,
      ...this.options.headers,
      'content-type': this.options.mediaType,
      vary: 'Accept, Accept-Encoding, Authorization',
    };
    if (staleSeconds !== null) Object.assign(headers, staleness(staleSeconds));
    if (!this.options.isShared) headers['cache-control'] = 'no-store';
    else if (!isPosted) {
      headers['etag'] = etag;
      headers['cache-control'] = staleSeconds === null ? this.cacheControl(now) : staleControl(this.staleIfError);
      headers['surrogate-key'] = this.options.surrogateKey;
    }
    return headers;
  }

  /** RFC 9111 section 5.2.2 and RFC 5861: shown no longer than it is true, unless this service cannot be reached. */
  private cacheControl(now: Date): string {
    const { changesAt } = this.options;
    const life = lifeUntil(Number.isFinite(changesAt) ? new Date(changesAt) : null, now);
    const whileAsking = secondsUntil(changesAt, now) <= 120 ? 0 : 30;
    return (
      `public, max-age=${Math.min(life, freshForClients)}, s-maxage=${life}, ` +
      `stale-while-revalidate=${whileAsking}, stale-if-error=${this.staleIfError}`
    );
  }
}

/** Sends what is kept to whoever asks. */
export async function outgoingTo(
  request: RequestHead,
  kept: Kept,
  now: Date,
  staleSeconds: number | null = null,
): Promise<Outgoing> {
  const asked = askedBy(request);
  await kept.prepare(asked);
  const given = kept.answer(asked, now, staleSeconds);
  if (!given) throw new Error('an answer made ready is not');
  const { status, head, body } = given;
  return { status, headers: { ...head.headers }, body };
}

const askedBy = (request: RequestHead): Asked => ({
  method: request.method,
  acceptEncoding: request.headers.get('accept-encoding'),
  ifNoneMatch: request.headers.get('if-none-match'),
});

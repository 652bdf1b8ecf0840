import dns, { type LookupAddress, type LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { Agent, errors, request } from 'undici';
import { inSpan, traceparentOf } from '../observability/tracing/spans.js';
import { type MayReach, refusalOf } from './addresses.js';

/** Why no answer came, in words for the person who gave the address. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';

  /** `isRefused`: nothing was sent, because the address may not be asked. */
  constructor(
    message: string,
    readonly isRefused = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface Asking {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** How many redirects are followed; none unless told. A POST is never sent on. */
  readonly mostRedirects?: number;
  /** Of the answer; what is longer breaks off as it is read. */
  readonly mostBytes?: number;
  /** For the whole of it, the body included. */
  readonly withinMs?: number;
  /** Whether who is asked may go on with our trace, where this is traced: not where it is a part of what somebody asked of us. */
  readonly tellsTrace?: boolean;
}

export interface Answered {
  readonly status: number;
  /** Of several of one name the first. */
  header(name: string): string | null;
  /** Where the answer came from in the end. */
  readonly url: URL;
  /** Where to ask from now on: past the redirects that are for ever, up to the first that is not. */
  readonly lastingUrl: URL;
  /** The body as it lies there, packed where the server packed it. Read it, or let go of it. Throws {@link NoAnswer}. */
  bytes(): AsyncGenerator<Uint8Array>;
  text(): Promise<string>;
  /** Passes over what is left of the body. */
  letGo(): Promise<void>;
}

/** The one way out: every request that the service makes to an address somebody gave it goes through here. */
export interface Outgoing {
  /** Why `url` could not be asked, as far as can be told without asking; null where it can. */
  readonly refusalOf: (url: URL) => string | null;
  /** Throws {@link NoAnswer}. */
  readonly ask: (url: URL, asking?: Asking) => Promise<Answered>;
  readonly close: () => Promise<void>;
}

/** All addresses of a name, as `dns.lookup` gives them. */
export type LookUp = (
  hostname: string,
  options: LookupAllOptions,
  tell: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

export interface OutgoingOptions {
  /** Which addresses may be asked, by name or spelt out. */
  readonly mayReach: MayReach;
  /** Who asks, as servers are told. */
  readonly userAgent?: string;
  readonly lookup?: LookUp;
  readonly connectWithinMs?: number;
}

class Inside extends Error {
  readonly code = 'EINSIDE';
}

/**
 * Looks a name up and gives out only what may be asked. The socket connects to the very addresses that were looked at, so
 * that a name cannot lead elsewhere the second time. A name with one address that may not be asked is refused for all of them.
 */
function guardedLookup(lookup: LookUp, mayReach: MayReach): LookupFunction {
  return (hostname, options, callback) => {
    const tell = (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      const first = found[0];
      if (error) return callback(error, '', 0);
      if (!first || found.some(({ address }) => !mayReach(address))) return callback(new Inside(), '', 0);
      return options.all ? callback(null, found) : callback(null, first.address, first.family);
    };
    lookup(hostname, { ...options, all: true }, (error, found) => tell(error, error ? [] : found));
  };
}

const redirects = new Set([301, 302, 303, 307, 308]);
const lasting = new Set([301, 308]);

export function openOutgoing({
  mayReach,
  userAgent = 'Dateline',
  lookup = dns.lookup,
  connectWithinMs = 5000,
}: OutgoingOptions): Outgoing {
  const agent = new Agent({
    connect: { timeout: connectWithinMs, lookup: guardedLookup(lookup, mayReach) },
    maxHeaderSize: 16_384,
    keepAliveTimeout: 4000,
  });
  const refusal = (url: URL) => refusalOf(url, mayReach);

  async function ask(first: URL, asking: Asking = {}): Promise<Answered> {
    const { method = 'GET', headers = {}, body = null, mostRedirects = 0, withinMs = 10_000 } = asking;
    const { mostBytes = 65_536, tellsTrace = false } = asking;
    const signal = AbortSignal.timeout(withinMs);
    let url = first;
    let lastingUrl = first;
    let isLasting = true;
    for (let followed = 0; ; followed += 1) {
      const refused = refusal(url);
      if (refused !== null) throw new NoAnswer(`The address ${url.href} cannot be asked: it ${refused}.`, true);
      const there = url;
      const answer = await inSpan(
        method,
        { kind: SpanKind.CLIENT, attributes: attributesOf(url, method) },
        async (span) => {
          const told = tellsTrace ? traceparentOf(span) : {};
          const answered = await request(there, {
            dispatcher: agent,
            method,
            headers: { 'user-agent': userAgent, ...told, ...headers },
            body,
            signal,
            headersTimeout: withinMs,
            bodyTimeout: withinMs,
          });
          span.setAttribute('http.response.status_code', answered.statusCode);
          if (answered.statusCode >= 400) {
            span.setAttribute('error.type', String(answered.statusCode)).setStatus({ code: SpanStatusCode.ERROR });
          }
          return answered;
        },
      ).catch((error: unknown) => {
        throw reasonOf(error, there, withinMs);
      });
      // One that nobody reads to its end breaks off unheard.
      answer.body.on('error', () => undefined);
      const header = (name: string) => {
        const value = answer.headers[name];
        return (Array.isArray(value) ? value[0] : value) ?? null;
      };
      const letGo = () => answer.body.dump({ limit: 65_536 }).catch(() => undefined);
      const location = header('location');
      if (mostRedirects > 0 && method === 'GET' && redirects.has(answer.statusCode) && location !== null) {
        await letGo();
        if (followed === mostRedirects) throw new NoAnswer(`${first.href} redirects more than ${mostRedirects} times.`);
        if (!URL.canParse(location, url.href))
          throw new NoAnswer(`${url.href} redirects to no address: “${location}”.`);
        url = new URL(location, url.href);
        isLasting &&= lasting.has(answer.statusCode);
        if (isLasting) lastingUrl = url;
        continue;
      }
      const reached = url;
      async function* bytes(): AsyncGenerator<Uint8Array> {
        let read = 0;
        try {
          for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
            read += chunk.length;
            if (read > mostBytes) throw new NoAnswer(`${reached.href} answers with more than ${mostBytes} bytes.`);
            yield chunk;
          }
        } catch (error) {
          throw reasonOf(error, reached, withinMs);
        } finally {
          answer.body.destroy();
        }
      }
      return {
        status: answer.statusCode,
        header,
        url,
        lastingUrl,
        bytes,
        async text() {
          const chunks: Uint8Array[] = [];
          for await (const chunk of bytes()) chunks.push(chunk);
          return Buffer.concat(chunks).toString('utf8');
        },
        letGo,
      };
    }
  }

  return { refusalOf: refusal, ask, close: () => agent.destroy() };
}

/** Of the address no more than whose it is: what comes after that may be a secret of theirs. */
const attributesOf = ({ protocol, hostname, port }: URL, method: string): Attributes => ({
  'http.request.method': method,
  'url.scheme': protocol.slice(0, -1),
  'server.address': hostname,
  'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
});

const networkReasons: Readonly<Record<string, string>> = {
  EINSIDE: 'is not on the public internet',
  ENOTFOUND: 'has a name that nobody knows',
  EAI_AGAIN: 'has a name that could not be looked up now',
  ECONNREFUSED: 'takes no connections',
  ECONNRESET: 'broke the connection off',
  EPIPE: 'broke the connection off',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
};

function reasonOf(error: unknown, url: URL, withinMs: number): NoAnswer {
  if (error instanceof NoAnswer) return error;
  const cause = error instanceof AggregateError ? (error.errors as unknown[])[0] : error;
  const { name, code = '', message } = cause as NodeJS.ErrnoException;
  const isLate = name === 'TimeoutError' || name === 'AbortError' || /TIMEOUT|TIMEDOUT/.test(code);
  if (isLate) return new NoAnswer(`${url.host} did not answer within ${withinMs} ms.`, false, { cause: error });
  if (cause instanceof errors.SocketError)
    return new NoAnswer(`${url.host} broke the connection off.`, false, { cause: error });
  const known = networkReasons[code];
  return new NoAnswer(
    known ? `${url.host} ${known}.` : `${url.host} could not be asked: ${message}.`,
    code === 'EINSIDE',
    {
      cause: error,
    },
  );
}

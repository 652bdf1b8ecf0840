import { createHash, subtle } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import Negotiator from 'negotiator';

export type Coding = 'br' | 'gzip' | 'identity';

const compressed: Record<Exclude<Coding, 'identity'>, (bytes: Buffer) => Promise<Buffer>> = {
  // Quality 5 costs about what gzip does and is smaller; 11, the default, is for files compressed once.
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (bytes) => promisify(gzip)(bytes),
};

/** Below this, the headers of a compressed answer weigh what compressing saves. */
const leastWorthCompressing = 1024;

/** Bytes in one coding, and the tag they are known by. */
export interface Encoded {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** What goes out, in every coding that it was asked for in, each made once. */
export class Content {
  private readonly plain: Buffer;
  private readonly encoded = new Map<Coding, Encoded>();
  private readonly underway = new Map<Coding, Promise<Encoded>>();
  private hash: string | undefined;
  /** Not kept when it is done: a promise holds what was going on when it was made, the whole of a request. */
  private hashing: Promise<string> | undefined;

  constructor(content: string | Buffer) {
    this.plain = alone(content);
  }

  /** What keeping it takes, with room for what compressing adds. */
  get size(): number {
    return Math.ceil(this.plain.length * 1.5);
  }

  /** The coding that a client which sends this `Accept-Encoding` likes best, of those that are worth the while. */
  codingFor(acceptEncoding: string | null): Coding {
    return this.plain.length < leastWorthCompressing ? 'identity' : preferredCoding(acceptEncoding);
  }

  /** The tag is of the content, and another for each coding (RFC 9110 section 8.8.3.3). */
  async tagIn(coding: Coding): Promise<string> {
    const hash = this.hash ?? (await (this.hashing ??= this.hashed()));
    return coding === 'identity' ? `"${hash}"` : `"${hash}-${coding}"`;
  }

  async in(coding: Coding): Promise<Encoded> {
    const made = this.encoded.get(coding);
    if (made) return made;
    let making = this.underway.get(coding);
    if (!making) {
      making = this.make(coding).finally(() => this.underway.delete(coding));
      this.underway.set(coding, making);
    }
    return making;
  }

  /** What {@link in} has made already. */
  made(coding: Coding): Encoded | undefined {
    return this.encoded.get(coding);
  }

  private async hashed(): Promise<string> {
    this.hash = await hashOf(this.plain);
    this.hashing = undefined;
    return this.hash;
  }

  private async make(coding: Coding): Promise<Encoded> {
    const bytes = coding === 'identity' ? this.plain : alone(await compressed[coding](this.plain));
    const encoded = { bytes, etag: await this.tagIn(coding) };
    this.encoded.set(coding, encoded);
    return encoded;
  }
}

/**
 * These bytes, and no more of memory than they take: what a compressor answers lies in a block of 16 kB, and what is short in
 * one that it shares with others, which is held for as long as any of them.
 */
function alone(content: string | Buffer): Buffer {
  if (typeof content !== 'string' && content.length === content.buffer.byteLength) return content;
  const bytes = Buffer.allocUnsafeSlow(typeof content === 'string' ? Buffer.byteLength(content) : content.length);
  if (typeof content === 'string') bytes.write(content);
  else content.copy(bytes);
  return bytes;
}

/** More bytes than so take milliseconds to hash, and are hashed beside the loop. */
const mostHashedHere = 1_000_000;

async function hashOf(bytes: Buffer): Promise<string> {
  const hash =
    bytes.length > mostHashedHere
      ? Buffer.from(await subtle.digest('SHA-256', bytes))
      : createHash('sha256').update(bytes).digest();
  return hash.toString('base64url').slice(0, 27);
}

/** What negotiator 1.1 can do and its types, which are of 0.6, do not say. */
interface CodingNegotiator {
  encoding(available: string[], options: { preferred: string[] }): string | undefined;
}

/** What most clients send is the same few lines. */
const preferredKnown = new Map<string, Coding>();
const mostPreferredKnown = 200;

/** RFC 9110 section 12.5.3. Where a client weighs codings alike, the one that comes out smaller. */
function preferredCoding(accept: string | null): Coding {
  if (accept === null) return 'identity';
  let preferred = preferredKnown.get(accept);
  if (preferred === undefined) {
    preferred = preferredIn(accept);
    if (preferredKnown.size >= mostPreferredKnown) preferredKnown.clear();
    preferredKnown.set(accept, preferred);
  }
  return preferred;
}

function preferredIn(accept: string): Coding {
  const negotiator: CodingNegotiator = new Negotiator({ headers: { 'accept-encoding': accept } });
  const codings = ['br', 'gzip', 'identity'] satisfies Coding[];
  const chosen = negotiator.encoding(codings, { preferred: codings });
  // A client that refuses all three, identity too, is still better served with what everybody can read.
  return codings.find((coding) => coding === chosen) ?? 'identity';
}

import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { ForPeople } from '../for-people.js';
import { type Answered, NoAnswer, type Outgoing } from '../outgoing/ask.js';

/** A source that cannot be opened, or not read to its end, with what would help. */
export class UnreadableSource extends ForPeople {
  override name = 'UnreadableSource';
}

/** Something to import, readable as often as needed: readers make several passes. */
export interface Source {
  /** As the user named it. */
  readonly name: string;
  /** Bytes as they lie there, packed when the source is gzip: the whole that progress counts towards. */
  readonly size: number;
  /** What was noticed about the bytes as a whole; complete once a pass has ended. */
  readonly notes: readonly string[];
  /** The bytes, unpacked, from the beginning. */
  bytes(): AsyncGenerator<Uint8Array>;
  /** The characters, without a byte order mark, from the beginning. */
  text(): AsyncGenerator<string>;
  /** The first characters: enough to tell the format by. */
  head(): Promise<string>;
  close(): Promise<void>;
}

export interface SourceOptions {
  /** Told after each read how many bytes of `size` are behind us; starts from 0 again with every pass. */
  progress?: (read: number, size: number) => void;
  /** What `-` reads. */
  stdin?: AsyncIterable<Uint8Array | string>;
  limits?: Partial<SourceLimits>;
  /** The way to a web address; none is read without. */
  outgoing?: Pick<Outgoing, 'ask'>;
}

export interface SourceLimits {
  /** How many times its own size a gzip file may unpack to. */
  ratio: number;
  /** Unpacked bytes below which the ratio is not asked: small files of blanks are no attack. */
  ratioFreeBytes: number;
  /** Bytes a gzip file may unpack to, and that are taken from a pipe. */
  bytes: number;
}

const usualLimits: SourceLimits = { ratio: 100, ratioFreeBytes: 16 * 2 ** 20, bytes: 64 * 2 ** 30 };
/** What is longer is downloaded by other means and imported as a file. */
const mostFetchedBytes = 2 * 2 ** 30;
const chunkBytes = 128 * 1024;
const headCharacters = 64 * 1024;

/** Opens what `nameOrDash` names: a file, gzip or not, a web address, or with `-` the standard input. */
export async function openSource(nameOrDash: string, options: SourceOptions = {}): Promise<Source> {
  const limits = { ...usualLimits, ...options.limits };
  if (nameOrDash === '-') {
    const file = await spooled(options.stdin ?? process.stdin, limits.bytes);
    return sourceOf('standard input', file, options, limits);
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(nameOrDash)) return openAddress(nameOrDash, options, limits);
  const file = await open(nameOrDash, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new UnreadableSource(openingRefusal(nameOrDash, error), { cause: error });
  });
  const kind = await file.stat();
  if (kind.isDirectory()) {
    await file.close();
    throw new UnreadableSource(`${nameOrDash} is a folder; name the file to import.`);
  }
  if (kind.isFile()) return sourceOf(nameOrDash, file, options, limits);
  // A pipe or a device gives its bytes only once.
  const spool = await spooled(file.createReadStream(), limits.bytes);
  return sourceOf(nameOrDash, spool, options, limits);
}

async function openAddress(address: string, options: SourceOptions, limits: SourceLimits): Promise<Source> {
  if (!URL.canParse(address)) throw new UnreadableSource(`${address} is no whole web address.`);
  if (!options.outgoing)
    throw new UnreadableSource(`${address} is a web address, and none is read here; download it first.`);
  try {
    const mostBytes = Math.min(mostFetchedBytes, limits.bytes);
    const answer = await options.outgoing.ask(new URL(address), { mostRedirects: 5, mostBytes, withinMs: 600_000 });
    if (answer.status !== 200) {
      await answer.letGo();
      throw new UnreadableSource(`${address} answers ${answer.status}.`);
    }
    return await sourceOf(address, await spooled(answer.bytes(), limits.bytes), options, limits);
  } catch (error) {
    if (error instanceof NoAnswer) throw new UnreadableSource(error.message, { cause: error });
    throw error;
  }
}

/** A source of what somebody answered, read to its end. */
export async function sourceOfAnswer(answer: Answered, limits: Partial<SourceLimits> = {}): Promise<Source> {
  const all = { ...usualLimits, ...limits };
  return sourceOf(answer.url.href, await spooled(answer.bytes(), all.bytes), {}, all);
}

/** An open file that no name leads to: it is gone when closed, however the process ends. */
export async function openNamelessFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'dateline-'));
  const file = await open(join(folder, 'spool'), 'wx+', 0o600);
  await rm(folder, { recursive: true, force: true });
  return file;
}

function openingRefusal(name: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `There is no file ${name}.`;
  if (code === 'EACCES' || code === 'EPERM') return `The file ${name} may not be read by this user.`;
  return `The file ${name} cannot be opened: ${message}.`;
}

async function spooled(input: AsyncIterable<Uint8Array | string>, limit: number): Promise<FileHandle> {
  const file = await openNamelessFile();
  let size = 0;
  try {
    for await (const piece of input) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      size += bytes.length;
      if (size > limit)
        throw new UnreadableSource(`More than ${limit} bytes came in; import a file instead of a pipe.`);
      for (let written = 0; written < bytes.length;) {
        written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
      }
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function sourceOf(name: string, file: FileHandle, options: SourceOptions, limits: SourceLimits): Promise<Source> {
  const { size } = await file.stat();
  const start = Buffer.alloc(2);
  const { bytesRead } = await file.read(start, 0, 2, 0);
  const isGzip = bytesRead === 2 && start[0] === 0x1f && start[1] === 0x8b; // RFC 1952, section 2.3.1
  let unreadable = 0;

  async function* packed(tell: (read: number) => void): AsyncGenerator<Uint8Array> {
    for (let at = 0; ;) {
      const read = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
      if (read.bytesRead === 0) return;
      at += read.bytesRead;
      tell(at);
      yield read.buffer.subarray(0, read.bytesRead);
    }
  }

  const bytes = (tell: (read: number) => void) => (isGzip ? unpacked(name, packed, limits, tell) : packed(tell));
  const toProgress = (read: number) => options.progress?.(read, size);

  async function* text(tell: (read: number) => void): AsyncGenerator<string> {
    const pass = new Decoding(name);
    for await (const piece of bytes(tell)) {
      const characters = pass.decode(piece);
      if (characters !== '') yield characters;
    }
    const rest = pass.end();
    unreadable = pass.unreadable;
    if (rest !== '') yield rest;
  }

  return {
    name,
    size,
    get notes() {
      if (unreadable === 0) return [];
      return [
        `${unreadable} ${unreadable === 1 ? 'place is' : 'places are'} not valid UTF-8 and read as "\uFFFD"; ` +
          'if the file is in another encoding, its XML declaration must name it.',
      ];
    },
    bytes: () => bytes(toProgress),
    text: () => text(toProgress),
    async head() {
      let characters = '';
      for await (const piece of text(() => undefined)) {
        characters += piece;
        if (characters.length >= headCharacters) break;
      }
      return characters.slice(0, headCharacters);
    },
    close: () => file.close(),
  };
}

async function* unpacked(
  name: string,
  packed: (tell: (read: number) => void) => AsyncGenerator<Uint8Array>,
  limits: SourceLimits,
  tell: (read: number) => void,
): AsyncGenerator<Uint8Array> {
  let taken = 0;
  let given = 0;
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  const count = (read: number) => {
    taken = read;
    tell(read);
  };
  const feeding = pipeline(Readable.from(packed(count), { objectMode: false, highWaterMark: chunkBytes }), gunzip);
  const fed = feeding.catch(() => undefined); // what failed is seen by reading from gunzip
  try {
    for await (const piece of gunzip as AsyncIterable<Uint8Array>) {
      given += piece.length;
      if (given > limits.bytes) throw new UnreadableSource(`${name} unpacks to more than ${limits.bytes} bytes.`);
      if (given > limits.ratioFreeBytes && given > taken * limits.ratio) {
        throw new UnreadableSource(
          `${name} unpacks to more than ${limits.ratio} times its size, as an attack would; unpack it yourself if you trust it.`,
        );
      }
      yield piece;
    }
  } catch (error) {
    if (error instanceof UnreadableSource) throw error;
    const reason = String(error).replace(/^Error: /, '');
    throw new UnreadableSource(`${name} is not a whole gzip file: ${reason}.`, { cause: error });
  } finally {
    gunzip.destroy();
    await fed; // no read may be under way when the file is closed
  }
}

/** Turns one pass of bytes into characters, by the encoding that their beginning tells. */
class Decoding {
  /** Places that were no character and now read as U+FFFD. */
  unreadable = 0;
  private decoder: Decoder | undefined;
  private waiting: Uint8Array[] = [];
  private lastTwo = Buffer.alloc(0);

  constructor(private readonly name: string) {}

  decode(piece: Uint8Array): string {
    if (this.decoder) return this.counted(piece, this.decoder.write(piece));
    // An XML declaration is sought only once there is enough to hold it.
    this.waiting.push(piece);
    return this.waiting.reduce((sum, { length }) => sum + length, 0) < 256 ? '' : this.begin();
  }

  end(): string {
    const begun = this.decoder ? '' : this.begin();
    return begun + this.counted(new Uint8Array(0), this.decoder?.end() ?? '');
  }

  private begin(): string {
    const bytes = Buffer.concat(this.waiting);
    this.waiting = [];
    this.decoder = decoderFor(encodingOf(bytes, this.name), this.name);
    return this.counted(bytes, this.decoder.write(bytes).replace(/^\uFEFF/, ''));
  }

  private counted(bytes: Uint8Array, characters: string): string {
    if (!this.decoder?.isUtf8) return characters;
    if (characters.includes('\uFFFD')) {
      const meant = occurrences(Buffer.concat([this.lastTwo, bytes]), Buffer.from('\uFFFD'));
      this.unreadable += occurrences(characters, '\uFFFD') - meant;
    }
    this.lastTwo = Buffer.concat([this.lastTwo, bytes.subarray(-2)]).subarray(-2);
    return characters;
  }
}

interface Decoder {
  isUtf8: boolean;
  write(bytes: Uint8Array): string;
  end(): string;
}

function occurrences(text: string, part: string): number;
function occurrences(text: Buffer, part: Buffer): number;
function occurrences(text: string | Buffer, part: string | Buffer): number {
  let found = 0;
  const next = (from: number) =>
    typeof text === 'string' ? text.indexOf(String(part), from) : text.indexOf(part, from);
  for (let at = next(0); at !== -1; at = next(at + part.length)) found += 1;
  return found;
}

/** The encoding of what begins so: by byte order mark, else by XML declaration (XML 1.0, appendix F), else UTF-8. */
function encodingOf(start: Buffer, name: string): string {
  const hex = start.subarray(0, 4).toString('hex');
  if (hex === 'fffe0000' || hex === '0000feff') {
    throw new UnreadableSource(`${name} is in UTF-32; save it as UTF-8.`);
  }
  if (hex.startsWith('efbbbf')) return 'utf-8';
  if (hex.startsWith('fffe') || hex === '3c003f00') return 'utf-16le';
  if (hex.startsWith('feff') || hex === '003c003f') return 'utf-16be';
  const declaration = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/.exec(start.toString('latin1', 0, 1024));
  const label = declaration?.[1]?.trim() ?? 'utf-8';
  // Legible as single bytes, so it is no UTF-16, whatever a tool that re-saved the file has left standing there.
  return /^(utf-?8|utf-?16|ucs-?2|iso-10646)/i.test(label) ? 'utf-8' : label;
}

function decoderFor(encoding: string, name: string): Decoder {
  if (encoding === 'utf-8') {
    // Several times faster than TextDecoder, and what is all ASCII takes one byte a character instead of two.
    const utf8 = new StringDecoder('utf8');
    return {
      isUtf8: true,
      write: (bytes) => utf8.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
      end: () => utf8.end(),
    };
  }
  try {
    const decoder = new TextDecoder(encoding);
    return { isUtf8: false, write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
  } catch (error) {
    throw new UnreadableSource(`${name} says it is in "${encoding}", which is no known encoding; save it as UTF-8.`, {
      cause: error,
    });
  }
}

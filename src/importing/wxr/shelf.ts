import type { FileHandle } from 'node:fs/promises';
import { readSync, writeSync } from 'node:fs';
import { openNamelessFile } from '../source.js';

const flushBytes = 256 * 1024;

/** Values on disk by number, about 16 bytes of memory each: for what a file may hold more of than memory. */
export class Shelf<Value> {
  /** Values put here. */
  size = 0;
  private keys = new Float64Array(1024);
  private ends = new Float64Array(1024);
  private order: Uint32Array | null = null;
  private ascending = true;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private writtenBytes = 0;

  private constructor(private readonly file: FileHandle) {}

  static async open<Value>(): Promise<Shelf<Value>> {
    return new Shelf<Value>(await openNamelessFile());
  }

  put(key: number, value: Value): void {
    if (this.size === this.keys.length) {
      this.keys = grown(this.keys);
      this.ends = grown(this.ends);
    }
    const bytes = Buffer.from(JSON.stringify(value));
    if (this.size > 0 && (this.keys[this.size - 1] ?? 0) >= key) this.ascending = false;
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    this.keys[this.size] = key;
    this.ends[this.size] = this.writtenBytes + this.waitingBytes;
    this.size += 1;
    this.order = null;
    if (this.waitingBytes >= flushBytes) this.flush();
  }

  /** The value put under `key`, the first where there are several. */
  get(key: number): Value | undefined {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[this.placeOf(middle)] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    const place = this.placeOf(low);
    return low < this.size && this.keys[place] === key ? this.at(place) : undefined;
  }

  /** The value that was put here as number `place`, counted from 0. */
  at(place: number): Value {
    this.flush();
    const start = place === 0 ? 0 : (this.ends[place - 1] ?? 0);
    const bytes = Buffer.alloc((this.ends[place] ?? 0) - start);
    readSync(this.file.fd, bytes, 0, bytes.length, start);
    return JSON.parse(bytes.toString()) as Value;
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private placeOf(rank: number): number {
    if (this.ascending) return rank;
    this.order ??= Uint32Array.from({ length: this.size }, (_, place) => place).sort(
      (one, other) => (this.keys[one] ?? 0) - (this.keys[other] ?? 0) || one - other,
    );
    return this.order[rank] ?? 0;
  }

  private flush(): void {
    if (this.waitingBytes === 0) return;
    const bytes = Buffer.concat(this.waiting);
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.file.fd, bytes, done, bytes.length - done, this.writtenBytes + done);
    }
    this.writtenBytes += bytes.length;
    this.waiting = [];
    this.waitingBytes = 0;
  }
}

function grown(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

import { connect, type Socket } from 'node:net';
import { quantiles } from '../../src/cli/bench/reading.js';

/** One request, ready to be sent. */
export interface Shot {
  path: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
}

/** One answer: when its request was sent, in ms since the beginning, how long it took, and what it was. */
export interface Hit {
  at: number;
  ms: number;
  status: number;
  retryAfter: string | undefined;
}

export interface Driver {
  /** Sends as soon as the one before is answered, so many at a time, for so long. */
  closed(atOnce: number, seconds: number): Promise<Hit[]>;
  /** Sends so many a second whether they are answered or not, as readers do, for so long. */
  open(perSecond: number, seconds: number): Promise<Hit[]>;
  close(): void;
}

const headEnd = '\r\n\r\n';
const newConnection = new Error('the connection was closed before anything was answered on it');

/** A connection that one request is sent on at a time. It reads of an answer what is asked for here, which a client in full takes many times as long for. */
class Line {
  private told = '';
  private answered: ((status: number, retryAfter?: string) => void) | null = null;
  private failed: ((error: Error) => void) | null = null;
  private rest = -1;
  private status = 0;
  private retryAfter: string | undefined;
  isOpen = true;

  constructor(
    private readonly socket: Socket,
    private readonly idle: (line: Line) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (piece: Buffer) => this.read(piece));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isOpen = false;
      this.failed?.(newConnection);
    });
  }

  send(request: Buffer): Promise<{ status: number; retryAfter: string | undefined }> {
    return new Promise((resolve, reject) => {
      this.answered = (status, retryAfter) => resolve({ status, retryAfter });
      this.failed = reject;
      this.socket.write(request);
    });
  }

  private read(piece: Buffer): void {
    let length = piece.length;
    if (this.rest < 0) {
      this.told += piece.toString('latin1');
      const end = this.told.indexOf(headEnd);
      if (end < 0) return;
      const head = this.told.slice(0, end);
      this.status = Number(head.slice(9, 12));
      this.retryAfter = /\r\nretry-after: (.*)/i.exec(head)?.[1];
      this.rest = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (Number.isNaN(this.rest)) throw new Error(`an answer of no known length: ${head}`);
      length = this.told.length - end - headEnd.length;
      this.told = '';
    }
    this.rest -= length;
    if (this.rest > 0) return;
    this.rest = -1;
    const { answered } = this;
    [this.answered, this.failed] = [null, null];
    this.idle(this);
    answered?.(this.status, this.retryAfter);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Asks `url` for `next()` again and again. A connection that fails is status 0. */
export function drive(url: string, next: () => Shot): Driver {
  const { hostname, port, host } = new URL(url);
  const open = new Set<Line>();
  const idle: Line[] = [];

  function line(): { line: Line; isNew: boolean } {
    for (let one = idle.pop(); one; one = idle.pop()) if (one.isOpen) return { line: one, isNew: false };
    const made = new Line(connect(Number(port), hostname), (free) => idle.push(free));
    open.add(made);
    return { line: made, isNew: true };
  }

  async function shoot(began: number, shot = next(), sent = performance.now()): Promise<Hit> {
    const { path, method = 'POST', headers = {}, body = '' } = shot;
    const length = Buffer.byteLength(body);
    const lines = Object.entries({ host, ...headers, ...(length > 0 ? { 'content-length': String(length) } : {}) });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const { line: taken, isNew } = line();
    try {
      const { status, retryAfter } = await taken.send(Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`));
      return { at: sent - began, ms: performance.now() - sent, status, retryAfter };
    } catch {
      open.delete(taken);
      // A server may end an idle connection at the moment it is used again: then it is asked on another.
      if (!isNew) return shoot(began, shot, sent);
      return { at: sent - began, ms: performance.now() - sent, status: 0, retryAfter: undefined };
    }
  }

  return {
    async closed(atOnce, seconds) {
      const hits: Hit[] = [];
      const began = performance.now();
      const on = async () => {
        while (performance.now() - began < seconds * 1000) hits.push(await shoot(began));
      };
      await Promise.all(Array.from({ length: atOnce }, on));
      return hits;
    },
    async open(perSecond, seconds) {
      const hits: Promise<Hit>[] = [];
      const began = performance.now();
      await new Promise<void>((resolve) => {
        const tick = setInterval(() => {
          const passed = Math.min(performance.now() - began, seconds * 1000);
          while (hits.length < (passed / 1000) * perSecond) hits.push(shoot(began));
          if (passed < seconds * 1000) return;
          clearInterval(tick);
          resolve();
        }, 5);
      });
      return Promise.all(hits);
    },
    close: () => open.forEach((one) => one.close()),
  };
}

export const isGood = ({ status }: Hit): boolean => status === 200;

/** Good answers a second, by when they came. */
export const goodput = (hits: readonly Hit[], fromMs: number, toMs: number): number =>
  hits.filter((hit) => isGood(hit) && hit.at + hit.ms >= fromMs && hit.at + hit.ms < toMs).length /
  ((toMs - fromMs) / 1000);

/** What came back, for people. */
export function told(name: string, hits: readonly Hit[], seconds: number): string {
  const statuses = new Map<number, number>();
  for (const { status } of hits) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const { median, p95, p99 } = quantiles(hits.filter(isGood).map(({ ms }) => ms));
  const refused = quantiles(hits.filter(({ status }) => status === 503).map(({ ms }) => ms));
  return (
    `${name.padEnd(22)} ${(hits.length / seconds).toFixed(0).padStart(5)} asked a second, ${goodput(
      hits,
      0,
      seconds * 1000,
    )
      .toFixed(0)
      .padStart(5)} answered; ` +
    `median ${median.toFixed(0)} ms, 95 % within ${p95.toFixed(0)}, 99 % within ${p99.toFixed(0)}; ` +
    `${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}` +
    `${statuses.has(503) ? ` (503 after ${refused.median.toFixed(0)} ms, 99 % within ${refused.p99.toFixed(0)})` : ''}`
  );
}

import type { Logger } from 'pino';
import type { News } from './news.js';
import { all, many, shortName } from './surrogate-key.js';

/** Tells a cache in front to forget what is kept under these names. Rejects when it does not say that it has. */
export type Purge = (names: readonly string[]) => Promise<void>;

export interface PurgingOptions {
  readonly purge: Purge;
  readonly log: Logger;
  /** News within so many ms are told together. */
  readonly gatherMs?: number;
  /** How long the first of the pauses between attempts is; each is twice the one before. */
  readonly pauseMs?: number;
}

/** Cloudflare takes a hundred tags in one request, Fastly two hundred and fifty-six keys. */
const namesAtOnce = 100;
const mostAttempts = 8;
const longestPauseMs = 10_000;

/**
 * Passes on to a cache in front what has become untrue, by the names of `Surrogate-Key`. What it cannot be told within about
 * half a minute is let go, and logged: `s-maxage` ends it there.
 */
export class Purging {
  private waiting = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private underWay: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: PurgingOptions) {}

  /** What `news` tells of is passed on soon. */
  add({ everything, things, places }: News): void {
    if (this.stopped) return;
    if (everything) this.waiting.add(all);
    else for (const name of [...things, ...places.map(({ list }) => list)]) this.waiting.add(shortName(name));
    if (this.waiting.size === 0) return;
    this.timer ??= setTimeout(() => this.passOn(), this.options.gatherMs ?? 50);
  }

  /** Everything is forgotten: changes may have been missed. */
  addAll(): void {
    this.add({ everything: true, things: [], places: [], again: null });
  }

  /** Passes on what waits, once, and takes no more. */
  async close(): Promise<void> {
    this.stopped = true;
    this.passOn();
    await this.underWay;
  }

  private passOn(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.waiting.size === 0) return;
    const names = this.waiting.has(all) ? [all] : [many, ...this.waiting];
    this.waiting = new Set();
    this.underWay = this.underWay.then(async () => {
      for (let from = 0; from < names.length; from += namesAtOnce)
        await this.insist(names.slice(from, from + namesAtOnce));
    });
  }

  private async insist(names: readonly string[]): Promise<void> {
    const { purge, log, pauseMs = 250 } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await purge(names);
      } catch (error) {
        if (attempt === mostAttempts || this.stopped) {
          log.error({ err: error, names }, 'the cache in front could not be told what to forget');
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs * 2 ** (attempt - 1), longestPauseMs)));
      }
    }
  }
}

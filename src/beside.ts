import type { Piscina } from 'piscina';

/** More waits for a thread already than anybody would wait for. */
export class TooMuchWaits extends Error {
  override name = 'TooMuchWaits';

  constructor() {
    super('More is asked for at once than can be done. Try again in a moment, or ask for less.');
  }
}

/** So much work, in milliseconds, may wait before what can be asked for again is refused: longer than a query may take. */
const mostAheadMs = 10_000;

/** So long without work, and the thread ends: what it took of the memory is given back. */
const restsMs = 30_000;

/**
 * A thread beside the one that answers, on which the functions of a module are called by their names. It begins when there is
 * something to do, and keeps no process from ending. One that breaks, as when its heap is full, fails what it was doing and
 * nothing else: another does what waits.
 */
export class Thread {
  private pool: Promise<Piscina> | undefined;
  private underWay = 0;
  private aheadMs = 0;
  private rest: NodeJS.Timeout | undefined;

  /** Its heap has a bound, because V8 would let the garbage of one take as much of the machine's memory as there is. */
  constructor(
    private readonly module: string,
    private readonly heapMegabytes: number,
  ) {}

  /**
   * What the function `name` makes of `given`, which takes `aboutMs`. Both are copied from one thread to the other: a string is
   * handed on faster than the nodes of a tree. Throws {@link TooMuchWaits} where it is `refusable`.
   */
  async call(name: string, given: unknown, aboutMs: number, refusable: boolean): Promise<unknown> {
    if (refusable && this.aheadMs > mostAheadMs) throw new TooMuchWaits();
    this.underWay += 1;
    this.aheadMs += aboutMs;
    clearTimeout(this.rest);
    try {
      const pool = await (this.pool ??= this.begin());
      return await pool.run(given, { name });
    } finally {
      this.underWay -= 1;
      this.aheadMs -= aboutMs;
      if (this.underWay === 0) this.rest = setTimeout(() => void this.end(), restsMs).unref();
    }
  }

  /** Ends it, whatever it is doing. The next call begins another. */
  async end(): Promise<void> {
    clearTimeout(this.rest);
    const { pool } = this;
    this.pool = undefined;
    await (await pool)?.destroy();
  }

  private async begin(): Promise<Piscina> {
    // Loaded when it is needed: most commands never do.
    const { Piscina } = await import('piscina');
    const pool = new Piscina({
      filename: this.module,
      // One that broke is replaced only up to the fewest there are to be.
      minThreads: 1,
      maxThreads: 1,
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: this.heapMegabytes },
    });
    // It broke while it did nothing, or could not so much as begin: whoever waits is told, and the next call tries anew.
    pool.on('error', () => void this.end());
    return pool;
  }
}

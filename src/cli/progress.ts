import cliProgress from 'cli-progress';

export interface Progress {
  /** How far: of `total`, `done` are behind us. */
  at(done: number, total: number, items: number): void;
  end(): void;
}

/** A bar on a terminal; elsewhere a plain line every few seconds, so that a log stays readable. */
export function progressOn(stream: NodeJS.WriteStream, clock: () => number): Progress {
  if (stream.isTTY) {
    const bar = new cliProgress.SingleBar({
      stream,
      format: '{bar} {percentage}% | {items} items, {rate}/s | {eta_formatted} left',
      barsize: 30,
      hideCursor: true,
    });
    const began = clock();
    let started = false;
    return {
      at(done, total, items) {
        if (!started) bar.start(total, 0, { items: 0, rate: 0 });
        started = true;
        bar.update(done, { items, rate: Math.round((items * 1000) / Math.max(1, clock() - began)) });
      },
      end: () => bar.stop(),
    };
  }
  let last = clock();
  return {
    at(done, total, items) {
      if (clock() - last < 5000) return;
      last = clock();
      stream.write(`${Math.round((100 * done) / Math.max(1, total))} %, ${items} items\n`);
    },
    end: () => undefined,
  };
}

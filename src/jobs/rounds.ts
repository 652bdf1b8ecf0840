import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { apart } from '../observability/tracing/spans.js';

/** Work that is looked for again and again, as long as the process lives. */
export interface Rounds {
  /** Looks at once, instead of when it is time. */
  soon(): void;
  /** Lets the round under way end, and begins no more. */
  stop(): Promise<void>;
}

export interface RoundsOptions {
  /** What the log calls it. */
  what: string;
  everyMs: number;
  log: Logger;
  /** What it rejects with is logged, and the next round comes all the same. */
  round: () => Promise<void>;
}

/** A round that fails is not tried again sooner than this, however much there is to do. */
const afterFailureMs = 1000;

export function startRounds({ what, everyMs, log, round }: RoundsOptions): Rounds {
  const stopping = new AbortController();
  let waiting = new AbortController();
  let isAsked = false;

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      isAsked = false;
      let waitMs = everyMs;
      try {
        await round();
      } catch (error) {
        log.error({ err: error }, `${what} met a fault; it is tried again`);
        waitMs = Math.max(everyMs, afterFailureMs);
      }
      if (isAsked && waitMs === everyMs) continue;
      waiting = new AbortController();
      await pause(waitMs, undefined, { signal: AbortSignal.any([stopping.signal, waiting.signal]) }).catch(
        () => undefined,
      );
    }
  }

  const working = apart(loop);
  return {
    soon() {
      isAsked = true;
      waiting.abort();
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

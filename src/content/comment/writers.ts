import { RateLimiterRes } from 'rate-limiter-flexible';
import { countedIn } from '../../access/counting.js';
import type { Readers } from '../../access/readers.js';
import type { Queryable } from '../../database/database.js';
import type { Client } from '../../http/client.js';
import { TooOftenError } from '../../refusals.js';
import { rate } from './rules.js';

declare module '../../graphql/context.js' {
  interface Counters {
    comments: CommentCounter;
  }
}

export interface CommentCounter {
  /** Counts one comment of a reader. Throws TooOftenError. */
  spend(client: Client, now: Date): Promise<void>;
}

/** Counts what is written from one address, whatever agent it says it is, on all instances together. */
export function openCommentCounter({ db, readers }: { db: Queryable; readers: Readers }): CommentCounter {
  const limiter = countedIn(db, { keyPrefix: 'comment', points: rate.comments, duration: rate.seconds });
  return {
    async spend(client, now) {
      const { network } = await readers.markOf(client, now);
      try {
        await limiter.consume(network);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        const minutes = rate.seconds / 60;
        throw new TooOftenError(
          `${rate.comments} comments in ${minutes} minutes are as many as one reader may write.`,
          Math.max(1, Math.ceil(error.msBeforeNext / 1000)),
        );
      }
    },
  };
}

import { whyAway } from './database/presence.js';

/**
 * What whoever runs the program did that cannot be: the message says what would be right, and is all they are shown. Anything
 * else that is thrown is a fault and shows where it came from, but for a database that is away, or a disk that is full.
 */
export abstract class ForPeople extends Error {}

/** Does `work`; ends the process with 1 and a message where that is {@link ForPeople}. */
export async function sayingWhy(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const why = error instanceof ForPeople ? error.message : whyAway(error);
    if (why === null) throw error;
    process.stderr.write(`${why}\n`);
    // At once: a database that has stopped may still be about to be opened again.
    process.exit(1);
  }
}

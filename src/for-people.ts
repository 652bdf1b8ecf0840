/**
 * What whoever runs the program did that cannot be: the message says what would be right, and is all they are shown. Anything
 * else that is thrown is a fault and shows where it came from.
 */
export abstract class ForPeople extends Error {}

/** Does `work`; prints what is {@link ForPeople} and sets the exit status 1. */
export async function sayingWhy(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ForPeople)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

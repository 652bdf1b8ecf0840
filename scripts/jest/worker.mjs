import { addEventHandler } from 'jest-circus';
import { register } from 'tsx/esm/api';

/**
 * What a process that runs suites begins with: TypeScript read as it is, and two things that the runner leaves to us: an end
 * for a test or hook that hangs (after TEST_SECONDS, or what the test itself gives), and an end for the process itself.
 */
register();

// The runner lets go of a process that has no more to do; one in which a suite left a timer or a port open would stay for ever.
process.once('disconnect', () => {
  setTimeout(() => {
    console.error(`A suite left something running: ${process.getActiveResourcesInfo().join(', ')}.`);
    process.exit(1);
  }, 2000).unref();
});

const ordinaryMs = 1000 * Number(process.env['TEST_SECONDS'] ?? 120);

/** The runner prints no more of an error than its stack. */
const withCause = (error) => {
  if (error instanceof Error && error.cause instanceof Error)
    error.stack += `\nCaused by: ${withCause(error.cause).stack}`;
  return error;
};

const ended = (run, ms = ordinaryMs) =>
  async function withinItsTime() {
    let timer;
    const tooLong = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`It did not end within ${ms / 1000} s.`)), ms);
    });
    try {
      return await Promise.race([Promise.resolve().then(run), tooLong]);
    } catch (error) {
      throw withCause(error);
    } finally {
      clearTimeout(timer);
    }
  };

addEventHandler(({ name, timeout }, { currentDescribeBlock: { children, hooks } }) => {
  const added = name === 'add_test' ? children.at(-1) : name === 'add_hook' ? hooks.at(-1) : undefined;
  if (added) added.fn = ended(added.fn, timeout);
});

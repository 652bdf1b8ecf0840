import LightRunner from 'jest-light-runner/child-process';

/**
 * The runner, but for what it tells the processes that run suites of how they are run: it tells all of them when the first one
 * asks, so that one that is slower to listen never hears of it, and the run never ends. Here each is answered that asks.
 */
export default class Runner extends LightRunner {
  constructor(...given) {
    super(...given);
    const { _testRunners: runners, _globalConfig: globalConfig, _runtime: runtime } = this;
    if (runtime !== 'child_process') return;
    const set = runners.set.bind(runners);
    runners.set = (projectConfig, { pool }) => {
      const told = { type: 'jest-light-runner-worker-data', workerData: { globalConfig, projectConfig, runtime } };
      return set(projectConfig, { pool, run: ({ path }) => pool.run(path, { channel: answering(told) }) });
    };
  }
}

/** What a process asks through, and hears. */
function answering(told) {
  let hear = () => undefined;
  return {
    onMessage: (listener) => (hear = listener),
    postMessage(message) {
      if (message === 'jest-light-runner-get-worker-data') hear(told);
    },
  };
}

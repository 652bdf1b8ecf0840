import { type DocumentNode, getOperationAST } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import type { Tally } from '../database/watch.js';
import type { Metrics } from '../observability/metrics.js';
import { codeIn } from './errors.js';
import type { Outcome } from './outcome.js';

/** Measures each operation that is made: how long, with how many statements, with which errors. */
export function useMeasuring({ metrics }: { metrics: Metrics }): Plugin<{ outcome: Outcome; tally: Tally }> {
  return {
    onExecute({ args }) {
      const { outcome, tally } = args.contextValue;
      const { document, operationName } = args as { document: DocumentNode; operationName?: string };
      const operation = getOperationAST(document, operationName);
      if (!operation) return;
      const name = (outcome.operation = metrics.operationLabel(operation.name?.value));
      const began = performance.now();
      return {
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result }) => {
            metrics.made({
              operation: name,
              seconds: (performance.now() - began) / 1000,
              codes: (result.errors ?? []).map(codeIn),
              statements: tally.statements,
              sqlSeconds: tally.ms / 1000,
            });
          }),
      };
    },
  };
}

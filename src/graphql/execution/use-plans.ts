import { type ExecutionArgs, getVariableValues } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { planOf, plannedOperation } from './plan.js';
import { run } from './run.js';

type Args = ExecutionArgs & { signal?: AbortSignal };
type Execute = (args: Args) => unknown;

/** Executes queries and mutations by a plan that is made once for each document; what none is made of, by `otherwise`. */
const executing =
  (otherwise: Execute): Execute =>
  (args) => {
    const { schema, document, operationName, variableValues, rootValue, contextValue, signal } = args;
    const operation = plannedOperation(document, operationName);
    if (!operation) return otherwise(args);
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], { ...variableValues });
    // Refused in its words.
    if (!coerced) return otherwise(args);
    const plan = planOf(schema, document, operationName, coerced);
    if (!plan) return otherwise(args);
    return run({ schema, plan, variables: coerced, rootValue, context: contextValue, signal });
  };

export function usePlans(): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(executing(executeFn as Execute));
    },
  };
}

import {
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  getVariableValues,
  OperationTypeNode,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { charactersIn, mostCharacters as usualMost, tooLong } from '../limits/answers.js';
import { planOf, plannedOperation } from './plan.js';
import { run } from './run.js';

type Args = ExecutionArgs & { signal?: AbortSignal };
type Execute = (args: Args) => unknown;

/** Executes queries and mutations by a plan that is made once for each document; what none is made of, by `otherwise`. */
const executing =
  (otherwise: Execute, mostCharacters: number): Execute =>
  (args) => {
    const { schema, document, operationName, variableValues, rootValue, contextValue, signal } = args;
    const operation = plannedOperation(document, operationName);
    if (!operation) return bounded(otherwise(args), args, mostCharacters);
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], { ...variableValues });
    // Refused in its words.
    if (!coerced) return otherwise(args);
    const plan = planOf(schema, document, operationName, coerced);
    if (!plan) return otherwise(args);
    return run({
      schema,
      plan,
      variables: coerced,
      rootValue,
      context: contextValue,
      signal,
      mostCharacters,
    });
  };

/** What was not counted while it was made. */
async function bounded(result: unknown, { document, operationName }: Args, mostCharacters: number): Promise<unknown> {
  const whole = (await result) as ExecutionResult | AsyncIterable<unknown>;
  if (isAsyncIterable(whole) || charactersIn(whole.data, mostCharacters) <= mostCharacters) return whole;
  const { operation = OperationTypeNode.QUERY } = getOperationAST(document, operationName) ?? {};
  return { errors: [tooLong(mostCharacters, operation)] };
}

/** Executes by plans, and refuses answers of more than so many characters. */
export function usePlans(mostCharacters = usualMost): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(executing(executeFn as Execute, mostCharacters));
    },
  };
}

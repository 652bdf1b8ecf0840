import { type DocumentNode, type ExecutionResult, getOperationAST, GraphQLError, OperationTypeNode } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import { tooLarge } from './extent.js';

/** How many characters an answer, or one part of one that comes in parts, may have: as they are, before they are written as JSON. */
export const mostCharacters = 16_000_000;

/** How many characters of an error's message are shown: it may repeat what was sent, and many errors the same. */
export const longestMessage = 1000;

/** Counts what a value takes in an answer, no further than past `most`. */
export function charactersIn(value: unknown, most: number): number {
  let count = 0;
  const add = (part: unknown): void => {
    if (count > most) return;
    if (typeof part === 'string') count += part.length + 2;
    else if (typeof part !== 'object' || part === null) count += 5;
    else if (Array.isArray(part)) for (const each of part) add(each);
    else {
      for (const name in part) {
        count += name.length + 4;
        add((part as Record<string, unknown>)[name]);
      }
    }
  };
  add(value);
  return count;
}

type Sent = ExecutionResult & { incremental?: readonly unknown[] };

/** Refuses to write out an answer of more than {@link mostCharacters}, which no client means to read. */
export function useBoundedAnswers(most = mostCharacters): Plugin {
  return {
    onExecute({ args }) {
      const { document, operationName } = args as { document: DocumentNode; operationName?: string };
      const isMutation = getOperationAST(document, operationName)?.operation === OperationTypeNode.MUTATION;
      return {
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) => {
            const { data, incremental } = result as Sent;
            if (charactersIn(incremental ?? data, most) <= most) return;
            const refusal = tooLarge('characters in an answer', most, 'more');
            const done = `What was to be written has been written. ${refusal.message}`;
            setResult({ errors: [isMutation ? new GraphQLError(done, { extensions: refusal.extensions }) : refusal] });
          }),
      };
    },
  };
}

const concise = (error: GraphQLError): GraphQLError => {
  if (error.message.length <= longestMessage) return error;
  const { nodes = null, source, positions, path, extensions } = error;
  const message = `${error.message.slice(0, longestMessage)}…`;
  return new GraphQLError(message, nodes, source, positions, path, null, extensions);
};

/** With its messages cut that repeat so much of what was sent that nobody reads them; itself where there is none. */
export function withConciseErrors<Result extends { errors?: readonly GraphQLError[] }>(result: Result): Result {
  const { errors } = result;
  if (!errors?.some(({ message }) => message.length > longestMessage)) return result;
  return { ...result, errors: errors.map(concise) };
}

/** Cuts them in answers of every kind. */
export function useConciseErrors(): Plugin {
  return {
    onResultProcess(processing) {
      const { result } = processing;
      if ('errors' in result) processing.setResult(withConciseErrors(result));
    },
  };
}

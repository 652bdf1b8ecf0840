import { GraphQLError, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { tooLarge } from './extent.js';

/** How many characters an answer, or one part of one that comes in parts, may have: as they are, before they are written as JSON. */
export const mostCharacters = 16_000_000;

/** How many characters of an error's message are shown: it may repeat what was sent, and many errors the same. */
export const longestMessage = 1000;

/** Counts what a value takes in an answer, no further than past `most`. */
export function charactersIn(value: unknown, most = mostCharacters): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  let count = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && count <= most; index += 1) {
      count += charactersIn(value[index], most - count);
    }
    return count;
  }
  for (const name in value) {
    if (count > most) break;
    count += name.length + 4 + charactersIn((value as Record<string, unknown>)[name], most - count);
  }
  return count;
}

/** Why an answer is not written out that has more than `most`, which no client means to read. */
export function tooLong(most: number, operation: OperationTypeNode): GraphQLError {
  const refusal = tooLarge('characters in an answer', most, 'more');
  if (operation !== OperationTypeNode.MUTATION) return refusal;
  const done = `What was to be written has been written. ${refusal.message}`;
  return new GraphQLError(done, { extensions: refusal.extensions });
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

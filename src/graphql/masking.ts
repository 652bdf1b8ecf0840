import { GraphQLError } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import { UnstorableText } from '../database/sql.js';
import { Refusal } from '../refusals.js';
import { badInput } from './errors.js';

/** A refusal met where a field is read, which has no union to stand in. */
const codes: Record<string, string> = {
  ForbiddenError: 'FORBIDDEN',
  NotFoundError: 'NOT_FOUND',
  ConflictError: 'CONFLICT',
};

/** What a client may see of `error`: a refusal as it is, a fault as its number in the log and nothing else. */
export function shown(error: unknown, log: Logger, requestId?: string): GraphQLError {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  if (error instanceof GraphQLError && (!cause || cause instanceof GraphQLError)) return error;
  const place = error instanceof GraphQLError ? { nodes: error.nodes ?? [], path: error.path ?? [] } : {};
  if (cause instanceof UnstorableText) {
    const { message, extensions } = badInput(cause.message);
    return new GraphQLError(message, { ...place, extensions });
  }
  if (cause instanceof Refusal) {
    return new GraphQLError(cause.message, { ...place, extensions: { code: codes[cause.name] ?? 'BAD_USER_INPUT' } });
  }
  log.error({ err: cause ?? error, requestId }, 'a request met a fault');
  return new GraphQLError('Unexpected error.', {
    ...place,
    // Yoga takes `unexpected` off again, and answers 500 where there is no data.
    extensions: { code: 'INTERNAL_SERVER_ERROR', unexpected: true, ...(requestId === undefined ? {} : { requestId }) },
  });
}

/** Shows no fault of ours to a client: only the number under which the log has it. */
export function useMaskedFaults({ log }: { log: Logger }): Plugin<{ requestId: string }> {
  return {
    onPluginInit({ registerContextErrorHandler }) {
      registerContextErrorHandler(({ context, error, setError }) => {
        setError(shown(error, log, (context as { requestId?: string }).requestId));
      });
    },
    onExecute({ args }) {
      const { requestId } = args.contextValue;
      return {
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) => {
            if (!result.errors) return;
            setResult({ ...result, errors: result.errors.map((error) => shown(error, log, requestId)) });
          }),
      };
    },
  };
}

import { type ExecutionResult, GraphQLError } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import { TooMuchWaits } from '../beside.js';
import { awayLine, awayWords, isDatabaseAway } from '../database/presence.js';
import { UnstorableText } from '../database/sql.js';
import { noteException, recordedSpan } from '../observability/tracing/spans.js';
import { Refusal } from '../refusals.js';
import { badInput } from './errors.js';
import { ClientGone, TookTooLong } from './limits/ending.js';

/** A refusal met where a field is read, which has no union to stand in. */
const codes: Record<string, string> = {
  ForbiddenError: 'FORBIDDEN',
  NotFoundError: 'NOT_FOUND',
  ConflictError: 'CONFLICT',
};

/** Yoga tells in its extensions what the parser of JSON said, with all of the body in it. */
function withoutBody(error: GraphQLError): GraphQLError {
  const { originalError } = error.extensions as { originalError?: { message?: string } };
  if (originalError?.message) originalError.message = originalError.message.slice(0, 80);
  return error;
}

/** What a client may see of `error`: a refusal as it is, a fault as its number in the log and nothing else. */
export function shown(error: unknown, log: Logger, requestId?: string): GraphQLError {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  if (error instanceof GraphQLError && (!cause || cause instanceof GraphQLError)) return withoutBody(error);
  const place = error instanceof GraphQLError ? { nodes: error.nodes ?? [], path: error.path ?? [] } : {};
  if (cause instanceof UnstorableText) {
    const { message, extensions } = badInput(cause.message);
    return new GraphQLError(message, { ...place, extensions });
  }
  if (cause instanceof TookTooLong || cause instanceof ClientGone) return stopped(cause, place, 504);
  if (cause instanceof TooMuchWaits) {
    return toRetry(cause.message, 'OVERLOADED', comeAgainAfterSeconds, place, 503);
  }
  // The limit of one statement is met where a field is read, and other fields may have been.
  if (isStatementStopped(cause)) return stopped(new TookTooLong(), place);
  if (cause instanceof Refusal) {
    return new GraphQLError(cause.message, { ...place, extensions: { code: codes[cause.name] ?? 'BAD_USER_INPUT' } });
  }
  if (isDatabaseAway(cause)) {
    log.warn({ err: cause, requestId }, awayLine(cause));
    noteMet(cause);
    const { message, seconds } = awayWords(cause);
    return toRetry(message, 'UNAVAILABLE', seconds, place, 503);
  }
  log.error({ err: cause ?? error, requestId }, 'a request met a fault');
  noteMet(cause ?? error);
  return new GraphQLError('Unexpected error.', {
    ...place,
    // Yoga takes `unexpected` off again, and answers 500 where there is no data.
    extensions: { code: 'INTERNAL_SERVER_ERROR', unexpected: true, ...(requestId === undefined ? {} : { requestId }) },
  });
}

function noteMet(error: unknown): void {
  const span = recordedSpan();
  if (span) noteException(span, error);
}

const comeAgainAfterSeconds = 1;

const stopped = ({ message }: Error, place: object, status?: number): GraphQLError =>
  toRetry(message, 'TIMEOUT', comeAgainAfterSeconds, place, status);

/** What may well be answered if it is asked again. `status` is the whole answer’s, whatever else is in it. */
function toRetry(message: string, code: string, seconds: number, place: object, status?: number): GraphQLError {
  const headers = { 'retry-after': String(seconds), 'cache-control': 'no-store' };
  const http = status === undefined ? {} : { http: { status, headers } };
  return new GraphQLError(message, { ...place, extensions: { code, retryAfter: seconds, ...http } });
}

/** Whether PostgreSQL gave a statement up (`query_canceled`), as its driver or as Prisma says it. */
function isStatementStopped(error: unknown): boolean {
  const { code, meta, cause } = (error ?? {}) as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } };
    cause?: { originalCode?: unknown };
  };
  return [code, meta?.driverAdapterError?.cause?.originalCode, cause?.originalCode].includes('57014');
}

/** A part of an answer that comes after the first. */
interface Part {
  errors?: readonly GraphQLError[];
}

/** What is sent at once: an answer, or parts of one that has `@defer` or `@stream` in it. */
interface Sent extends ExecutionResult {
  incremental?: readonly Part[];
}

/** With every error in it, in whichever part, masked; null where there is none. */
function withErrors(sent: Sent, masked: (error: GraphQLError) => GraphQLError): Sent | null {
  const { errors, incremental } = sent;
  if (!errors && !incremental?.some((part) => part.errors)) return null;
  return {
    ...sent,
    ...(errors ? { errors: errors.map(masked) } : {}),
    ...(incremental
      ? {
          incremental: incremental.map((part) =>
            part.errors ? { ...part, errors: part.errors.map((error) => withoutInternals(masked(error))) } : part,
          ),
        }
      : {}),
  };
}

/** What Yoga takes off the errors of whole answers, and leaves on those of parts. */
function withoutInternals(error: GraphQLError): GraphQLError {
  const { http, unexpected, ...extensions } = error.extensions;
  return http === undefined && unexpected === undefined
    ? error
    : Object.assign(Object.create(error) as GraphQLError, { extensions });
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
            const masked = withErrors(result, (error) => shown(error, log, requestId));
            if (masked) setResult(masked);
          }),
      };
    },
  };
}

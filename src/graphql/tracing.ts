import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { type DocumentNode, type ExecutionResult, getOperationAST, type GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Metrics } from '../observability/metrics.js';
import { failed, inSpan, recordedSpan, tracer } from '../observability/tracing/spans.js';
import { hashOf } from './documents.js';
import { codeIn } from './errors.js';

/** Of errors that are ours, not the client's. */
const ours = new Set(['INTERNAL_SERVER_ERROR', 'UNAVAILABLE', 'TIMEOUT']);

const hashes = new WeakMap<DocumentNode, string>();

/** The name by which clients ask for a document that is known; of others it tells which are the same, and nothing of what they hold. */
function hashIn(document: DocumentNode): string | undefined {
  let hash = hashes.get(document);
  const text = document.loc?.source.body;
  if (hash === undefined && text !== undefined) hashes.set(document, (hash = hashOf(text)));
  return hash;
}

/** Does `work` in a span that says so where it fails. */
function inSpanAtOnce<Result>(name: string, work: (span: Span) => Result): Result {
  return tracer().startActiveSpan(name, (span) => {
    try {
      return work(span);
    } catch (error) {
      failed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Makes an operation in a span of its own. */
export const inOperation = <Result>(work: () => Promise<Result>): Promise<Result> =>
  inSpan('GraphQL Operation', {}, work);

/**
 * A span for each operation that is made (OpenTelemetry, “GraphQL server spans”), and in it for parsing and validating its
 * document, where that was not done before. It is no SERVER span, as the convention has it: the request around it is, and those are
 * counted as requests.
 */
export function useTracing({ metrics }: { metrics: Pick<Metrics, 'operationLabel'> }): Plugin {
  const describe = ({ args }: { args: unknown }) => {
    const { document, operationName } = args as { document: DocumentNode; operationName?: string };
    const span = recordedSpan();
    const operation = getOperationAST(document, operationName);
    if (!span || !operation) return;
    const name = operation.name?.value;
    span.updateName(operation.operation).setAttribute('graphql.operation.type', operation.operation);
    // Names that clients make up may hold anything.
    if (name !== undefined && metrics.operationLabel(name) === name) span.setAttribute('graphql.operation.name', name);
    const hash = hashIn(document);
    if (hash !== undefined) span.setAttribute('dateline.graphql.document.hash', hash);
  };

  return {
    instrumentation: {
      operation: (_payload, wrapped) => inOperation(async () => wrapped()),
    },
    onParse({ parseFn, setParseFn }) {
      if (!recordedSpan()) return;
      setParseFn((source, options) => inSpanAtOnce('graphql.parse', () => parseFn(source, options) as DocumentNode));
    },
    onValidate({ validateFn, setValidationFn }) {
      if (!recordedSpan()) return;
      setValidationFn((...validating) =>
        inSpanAtOnce('graphql.validate', (span) => {
          const errors = validateFn(...validating) as readonly GraphQLError[];
          if (errors.length > 0) {
            span.setAttribute('error.type', 'GRAPHQL_VALIDATION_FAILED').setStatus({ code: SpanStatusCode.ERROR });
          }
          return errors;
        }),
      );
    },
    onExecute: describe,
    onSubscribe: describe,
    onExecutionResult({ result }) {
      const span = recordedSpan();
      if (!span || !result || isAsyncIterable(result)) return;
      const errors = [result].flat().flatMap(({ errors }: ExecutionResult) => errors ?? []);
      if (errors.length === 0) return;
      const codes = [...new Set(errors.map(codeIn))];
      span.setAttribute('dateline.graphql.error.codes', codes);
      const fault = codes.find((code) => ours.has(code));
      if (fault !== undefined) span.setAttribute('error.type', fault).setStatus({ code: SpanStatusCode.ERROR });
    },
  };
}

import {
  context,
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api';

/** Where spans are begun. Where nothing is traced they are nobody's, and cost nothing worth mentioning. */
export const tracer = (): Tracer => trace.getTracer('dateline');

/** The span that is under way, if it is recorded. */
export function recordedSpan(): Span | undefined {
  const span = trace.getActiveSpan();
  return span?.isRecording() ? span : undefined;
}

/** Does `work` in a span of its own, which says so where it fails. */
export function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  return tracer().startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      failed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Does `work` as a part of nothing that is under way: what lasts must not count as a part of the request that began it. */
export const apart = <Result>(work: () => Result): Result => context.with(ROOT_CONTEXT, work);

/** Has `work` done, whenever it is called, as a part of what is under way now. */
export const asPartOfThis = <Work>(work: Work): Work => context.bind(context.active(), work);

const frame = /^ {4}at .+$/gm;

/** What an error is called: its code where it has one, such as an SQLSTATE; never its words, which may repeat what it was given. */
export function errorTypeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'string' && /^\w{1,40}$/.test(code)) return code;
  return typeof name === 'string' ? name : 'Error';
}

/** Notes on `span` that what it stands for failed. */
export function failed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', errorTypeOf(error));
  noteException(span, error);
}

/** Notes where an error was met, without its words. */
export function noteException(span: Span, error: unknown): void {
  if (!span.isRecording() || !(error instanceof Error)) return;
  span.addEvent('exception', {
    'exception.type': error.name,
    'exception.stacktrace': (error.stack?.match(frame) ?? []).join('\n'),
  });
}

/** What a line of the log says of the trace it belongs to. */
export function traceFields(): Record<string, string> {
  const span = recordedSpan();
  if (!span) return {};
  const { traceId, spanId } = span.spanContext();
  return { trace_id: traceId, span_id: spanId };
}

/** The header by which whoever is asked can go on with the trace of `span`, where it is recorded (W3C Trace Context section 3.2). */
export function traceparentOf(span: Span): Record<string, string> {
  const { traceId, spanId } = span.spanContext();
  return span.isRecording() ? { traceparent: `00-${traceId}-${spanId}-01` } : {};
}

const traceparent = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** The span of a client that sends this header, as the parent of ours; nothing else of what it says of itself is taken over. */
export function parentIn(header: string | string[] | undefined): Context {
  if (typeof header !== 'string' || header.length > 100) return ROOT_CONTEXT;
  const [, version, traceId = '', spanId = '', flags = '', more] = traceparent.exec(header) ?? [];
  if (version === '00' && more !== undefined) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const parent = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

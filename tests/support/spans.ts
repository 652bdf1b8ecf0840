import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { pino } from 'pino';
import { openTracing } from '../../src/observability/tracing/open.js';
import type { TracingConfig } from '../../src/observability/tracing/settings.js';
import { eventually } from './eventually.js';

/** A span with those that are parts of it, in the order they began. */
export interface Branch {
  name: string;
  span: ReadableSpan;
  parts: Branch[];
}

export interface Spans {
  /** All that have ended since the last look. */
  ended(): ReadableSpan[];
  /** The traces of which the whole has ended since the last look, once there are `count`. */
  trees(count?: number): Promise<Branch[]>;
  close(): Promise<void>;
}

/** Takes every span of this process until it is closed. */
export async function takeSpans(config: Partial<TracingConfig> = {}): Promise<Spans> {
  const exporter = new InMemorySpanExporter();
  const usual = { protocol: 'http/json', sampler: 'parentbased_always_on', ratio: 1, sendsWithinMs: 1000 } as const;
  const options = { log: pino({ level: 'silent' }), version: '1.2.3', exporter };
  const tracing = await openTracing({ ...usual, ...config }, options);
  const ended = () => {
    const spans = exporter.getFinishedSpans();
    exporter.reset();
    return spans;
  };
  return {
    ended,
    async trees(count = 1) {
      const isWhole = ({ parentSpanContext: parent }: ReadableSpan) => !parent || parent.isRemote === true;
      await eventually(() => exporter.getFinishedSpans().filter(isWhole).length >= count);
      const spans = ended();
      const began = ({ startTime: [seconds, nanoseconds] }: ReadableSpan) => seconds * 1e9 + nanoseconds;
      const branch = (span: ReadableSpan): Branch => ({
        name: span.name,
        span,
        parts: spans
          .filter(({ parentSpanContext }) => parentSpanContext?.spanId === span.spanContext().spanId)
          .sort((one, other) => began(one) - began(other))
          .map(branch),
      });
      return spans.filter(isWhole).map(branch);
    },
    close: () => tracing.close(),
  };
}

/** The names alone: `name` where there is nothing in it, else `[name, ...parts]`. */
export type Outline = string | [string, ...Outline[]];

export const outlineOf = ({ name, parts }: Branch): Outline =>
  parts.length === 0 ? name : [name, ...parts.map(outlineOf)];

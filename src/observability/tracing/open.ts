import { randomUUID } from 'node:crypto';
import { context, trace } from '@opentelemetry/api';
import type * as Sdk from '@opentelemetry/sdk-trace-base';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import { BoundedSampler } from './sampling.js';
import type { TracingConfig } from './settings.js';

export interface Tracing {
  /** Sends what is left, and traces no more. */
  close(): Promise<void>;
}

export interface TracingOptions {
  log: Logger;
  /** Of this program. */
  version: string;
  /** Who takes the spans, each at once; the address that the environment names when absent. */
  exporter?: SpanExporter;
}

/** Has everything traced from now on. Only one in a process; what it needs is loaded here, and nowhere else. */
export async function openTracing(config: TracingConfig, { log, version, exporter }: TracingOptions): Promise<Tracing> {
  const [sdk, { AsyncLocalStorageContextManager }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/resources'),
  ]);
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } = resources;
  const resource = defaultResource()
    .merge(
      resourceFromAttributes({
        'service.name': 'dateline',
        'service.version': version,
        'service.instance.id': randomUUID(),
      }),
    )
    .merge(detectResources({ detectors: [envDetector] }));
  const ids = new sdk.RandomIdGenerator();
  const provider = new sdk.BasicTracerProvider({
    resource,
    sampler: new BoundedSampler({
      configured: configuredSampler(sdk, config),
      decisions: { sampled: sdk.SamplingDecision.RECORD_AND_SAMPLED, dropped: sdk.SamplingDecision.NOT_RECORD },
      traceId: () => ids.generateTraceId(),
    }),
    spanProcessors: [
      exporter
        ? new sdk.SimpleSpanProcessor(exporter)
        : new sdk.BatchSpanProcessor(toldOnce(await exporterFor(config), log)),
    ],
  });
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  trace.setGlobalTracerProvider(provider);
  return {
    async close() {
      // What could not be sent has been told of.
      await provider.shutdown().catch(() => undefined);
      trace.disable();
      context.disable();
    },
  };
}

function configuredSampler(sdk: typeof Sdk, { sampler, ratio }: TracingConfig) {
  const ofRoots = sampler.endsWith('always_on')
    ? new sdk.AlwaysOnSampler()
    : sampler.endsWith('always_off')
      ? new sdk.AlwaysOffSampler()
      : new sdk.TraceIdRatioBasedSampler(ratio);
  return sampler.startsWith('parentbased_') ? new sdk.ParentBasedSampler({ root: ofRoots }) : ofRoots;
}

/** Its address and headers it reads from the environment. */
async function exporterFor({ protocol, sendsWithinMs }: TracingConfig): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter({ timeoutMillis: sendsWithinMs });
}

/** `exporter`, of whose trouble the log is told when it begins and when it is over, and not for each batch. */
export function toldOnce(exporter: SpanExporter, log: Logger): SpanExporter {
  let isInTrouble = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        // ExportResultCode.SUCCESS, whose package is not loaded where nothing is traced.
        const isSent = result.code === 0;
        if (!isSent && !isInTrouble)
          log.warn({ err: result.error }, 'traces cannot be sent; they are thrown away until they can');
        if (isSent && isInTrouble) log.info('traces can be sent again');
        isInTrouble = !isSent;
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}

import { z } from 'zod';

const endpoint = z.url({
  protocol: /^https?$/,
  error: 'must be a whole address such as http://collector:4318',
});

/** `key=value` with commas between, percent-encoded where it holds either (W3C Baggage). */
const pairs = /^\s*[^\s,=]+\s*=[^,=]*(,\s*[^\s,=]+\s*=[^,=]*)*,?\s*$/;

const headers = z.string().regex(/^\s*[\w!#$%&'*+.^`|~-]+\s*=[^,]*(,\s*[\w!#$%&'*+.^`|~-]+\s*=[^,]*)*,?\s*$/, {
  error: 'must be headers such as `api-key=…`, separated by commas, which are not shown',
});

const protocol = z.enum(['http/protobuf', 'http/json'], {
  error: 'must be http/protobuf or http/json: OTLP over HTTP, which collectors take at port 4318',
});

const milliseconds = z.coerce.number({ error: 'must be a number of milliseconds' }).int().min(1).max(60_000);

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** What of the environment says where traces are sent, and which (OpenTelemetry, “Environment Variable Specification”). */
export const tracingSettings = {
  /** Whoever takes all of OpenTelemetry; traces go to `/v1/traces` below it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.optional(),
  /** Whoever takes traces, at this very address. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: headers.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_TIMEOUT: milliseconds.optional(),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: milliseconds.optional(),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_RESOURCE_ATTRIBUTES: z
    .string()
    .regex(pairs, { error: 'must be attributes such as deployment.environment.name=staging, separated by commas' })
    .optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], { error: 'must be otlp or none' }).default('otlp'),
  OTEL_TRACES_SAMPLER: z.enum(samplers, { error: `must be one of ${samplers.join(', ')}` }).optional(),
  /** Of what share of traces, for those samplers that go by one. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number({ error: 'must be a number from 0 to 1' }).min(0).max(1).optional(),
  OTEL_SDK_DISABLED: z
    .string()
    .regex(/^(true|false)$/i, { error: 'must be true or false' })
    .default('false'),
};

type Settings = z.infer<z.ZodObject<typeof tracingSettings>>;

/** How requests are traced. The rest is read by the SDK itself, from the same environment. */
export interface TracingConfig {
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly sampler: (typeof samplers)[number];
  readonly ratio: number;
  /** How long one attempt at sending may take, with all that is tried again of it. */
  readonly sendsWithinMs: number;
}

/** OpenTelemetry has 10 s; a service that is told to stop waits for the last of its traces, and no longer than for all else. */
const usualSendsWithinMs = 3000;

/** Absent where nobody takes traces. */
export function tracingFrom(env: Settings): TracingConfig | undefined {
  const isNamed = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!isNamed || env.OTEL_TRACES_EXPORTER === 'none' || /^true$/i.test(env.OTEL_SDK_DISABLED)) return undefined;
  return {
    protocol: env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf',
    sampler: env.OTEL_TRACES_SAMPLER ?? 'parentbased_always_on',
    ratio: env.OTEL_TRACES_SAMPLER_ARG ?? 1,
    sendsWithinMs: env.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? env.OTEL_EXPORTER_OTLP_TIMEOUT ?? usualSendsWithinMs,
  };
}

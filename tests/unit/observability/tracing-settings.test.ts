import { configFrom } from '../../../src/config.js';
import { problemsOf } from '../../support/environment.js';

const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318';
const usual = { protocol: 'http/protobuf', sampler: 'parentbased_always_on', ratio: 1, sendsWithinMs: 3000 };

it('nothing is traced unless somebody takes traces', () => {
  expect(configFrom({}).tracing).toBeUndefined();
  expect(configFrom({ OTEL_SERVICE_NAME: 'paper', OTEL_TRACES_SAMPLER: 'always_on' }).tracing).toBeUndefined();
  expect(configFrom({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'TRUE' }).tracing).toBeUndefined();
  expect(configFrom({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }).tracing).toBeUndefined();
  expect(configFrom({ OTEL_EXPORTER_OTLP_ENDPOINT }).tracing).toEqual(usual);
  expect(configFrom({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://x.example/v1/traces' }).tracing).toEqual(usual);
});

it('traces have settings of their own, before those of all of OpenTelemetry', () => {
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TIMEOUT: '9000',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '800',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=abc%20def,x-tenant=paper',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging, team=desk',
  };
  expect(configFrom(environment).tracing).toEqual({
    protocol: 'http/json',
    sampler: 'traceidratio',
    ratio: 0.25,
    sendsWithinMs: 800,
  });
});

it.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'grpc://collector'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'S3cr3t'],
  ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'x y=S3cr3t'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon'],
  ['OTEL_TRACES_SAMPLER', 'sometimes'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
  ['OTEL_TRACES_SAMPLER_ARG', 'half'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'staging'],
  ['OTEL_TRACES_EXPORTER', 'zipkin'],
  ['OTEL_SDK_DISABLED', 'yes'],
])('%s must not be %s, and that is said without repeating it', (name, value) => {
  const problems = problemsOf({ [name]: value });
  expect(problems).toContain(`  ${name}: must be`);
  expect(problems).not.toContain('S3cr3t');
});

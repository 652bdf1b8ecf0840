import { type Context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { BoundedSampler, mostForClients } from '../../../src/observability/tracing/sampling.js';

/** On which a ratio of a millionth falls; and on which hardly any does. */
const lucky = '00000000000000000000000000000001';
const unlucky = 'ffffffff000000000000000000000000';

let now = 0;
const bounded = (configured: Sampler) =>
  new BoundedSampler({
    configured,
    decisions: { sampled: SamplingDecision.RECORD_AND_SAMPLED, dropped: SamplingDecision.NOT_RECORD },
    traceId: () => unlucky,
    now: () => now,
  });

const under = (traceFlags: number, isRemote = true, traceId = lucky): Context =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: '00f067aa0ba902b7', traceFlags, isRemote });

const decides = (sampler: Sampler, context: Context, traceId = lucky): boolean =>
  sampler.shouldSample(context, traceId, 'GET', SpanKind.SERVER, {}, []).decision ===
  SamplingDecision.RECORD_AND_SAMPLED;

const countOf = (sampler: Sampler, context: Context, times: number): number =>
  Array.from({ length: times }, () => decides(sampler, context)).filter(Boolean).length;

const few = new TraceIdRatioBasedSampler(1e-6);

describe('what a client wants recorded', () => {
  it.each([
    ['by the flag it sends', new ParentBasedSampler({ root: new AlwaysOffSampler() })],
    ['by an id that a ratio falls on', few],
  ])('%s, is recorded so often a second and no more', (_how, configured) => {
    const sampler = bounded(configured);
    for (now = 0; now < 3000; now += 1000) {
      expect(countOf(sampler, under(1), 3 * mostForClients)).toBe(mostForClients);
    }
  });

  it('is recorded each time where all is', () => {
    const sampler = bounded(new ParentBasedSampler({ root: new AlwaysOnSampler() }));
    expect(countOf(sampler, under(1), 3 * mostForClients)).toBe(3 * mostForClients);
  });

  it('and what it does not want is not, where it has a say', () => {
    expect(decides(bounded(new ParentBasedSampler({ root: new AlwaysOnSampler() })), under(0))).toBe(false);
    expect(decides(bounded(new AlwaysOnSampler()), under(0))).toBe(true);
  });
});

it('what begins here is decided on as configured', () => {
  expect(decides(bounded(few), ROOT_CONTEXT, lucky)).toBe(true);
  expect(decides(bounded(few), ROOT_CONTEXT, unlucky)).toBe(false);
  expect(countOf(bounded(few), ROOT_CONTEXT, 3 * mostForClients)).toBe(3 * mostForClients);
});

it('a part of a trace is recorded where the whole is', () => {
  expect(decides(bounded(few), under(1, false, unlucky), unlucky)).toBe(true);
  expect(decides(bounded(few), under(0, false, lucky), lucky)).toBe(false);
});

import { type Context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';
import type { Sampler, SamplingResult } from '@opentelemetry/sdk-trace-base';

/** So many traces a second are recorded for no other reason than that a client wants it. */
export const mostForClients = 100;

export interface BoundedSamplerOptions {
  /** Decides on what begins here, and where a client may have its way. */
  configured: Sampler;
  /** What the SDK calls recording and sending, and neither. */
  decisions: Readonly<Record<'sampled' | 'dropped', SamplingResult['decision']>>;
  traceId: () => string;
  /** In ms. */
  now?: () => number;
}

/**
 * Lets clients have a say in which traces are recorded, and no more than that: anyone may send a `traceparent` that asks for it,
 * or an id that a ratio falls on (W3C Trace Context section 7.2). Past {@link mostForClients} it is decided as if each had
 * begun here.
 */
export class BoundedSampler implements Sampler {
  private second = -1;
  private had = 0;

  constructor(private readonly options: BoundedSamplerOptions) {}

  shouldSample(context: Context, traceId: string, ...how: Rest): SamplingResult {
    const { configured, decisions } = this.options;
    const { sampled, dropped } = decisions;
    const parent = trace.getSpanContext(context);
    if (parent && !parent.isRemote) {
      // A part of what was decided on before.
      const isRecorded = (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
      return { decision: isRecorded ? sampled : dropped };
    }
    const wanted = configured.shouldSample(context, traceId, ...how);
    if (!parent || wanted.decision !== sampled) return wanted;
    const own = configured.shouldSample(ROOT_CONTEXT, this.options.traceId(), ...how);
    return own.decision === sampled || this.mayHave() ? wanted : own;
  }

  toString(): string {
    return `Bounded{${this.options.configured.toString()}}`;
  }

  private mayHave(): boolean {
    const second = Math.floor((this.options.now ?? performance.now.bind(performance))() / 1000);
    if (second !== this.second) [this.second, this.had] = [second, 0];
    this.had += 1;
    return this.had <= mostForClients;
  }
}

type Rest = Parameters<Sampler['shouldSample']> extends [Context, string, ...infer Others] ? Others : never;

import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, processRegularResult } from 'graphql-yoga';
import type { Outgoing } from '../http/exchange.js';
import type { MediaType } from './accept.js';
import { dataWrittenOf } from './execution/writing.js';
import { withConciseErrors } from './limits/answers.js';

/** An answer as Yoga writes one, in place of a `Response`. */
class Written implements Outgoing {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(
    readonly body: string | null,
    { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
  ) {
    this.status = status;
    this.headers = {};
    for (const [name, value] of Object.entries(headers)) this.headers[name.toLowerCase()] = value;
  }
}

type Result = ExecutionResult | AsyncIterable<unknown> | undefined;

/** Writes a result out as Yoga does, with the status that its errors ask for: 406 for one in parts. */
export function writtenOf(result: Result, mediaType: MediaType): Outgoing {
  if (!result) throw new Error('nothing came of an operation');
  const whole = isAsyncIterable(result) ? result : withConciseErrors(result);
  if (isAsyncIterable(whole)) void whole[Symbol.asyncIterator]().return?.();
  const data = isAsyncIterable(whole) ? null : dataWrittenOf(whole);
  const besides = data && { ...whole, stringify: withoutData };
  const written: unknown = processRegularResult(
    (besides ?? whole) as ExecutionResult,
    { Response: Written } as never,
    mediaType,
  );
  if (!(written instanceof Written)) throw new Error('Yoga makes its answers in another way than it did');
  const { status, headers, body } = written;
  return data ? { status, headers, body: joined(String(body), data) } : written;
}

const withoutData = ({ data: _, ...besides }: ExecutionResult): string => JSON.stringify(besides);

/** The JSON of an object with the member `data` after all others. */
const joined = (others: string, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${others.slice(0, -1)}${others === '{}' ? '' : ','}"data":`), data, Buffer.from('}')]);

import type { ExecutionResult } from 'graphql';
import { isLong, putOff } from '../../turns.js';
import { charactersIn } from '../limits/answers.js';

/** What is written at one go, in characters. */
const mostAtOnce = 50_000;

/**
 * `result` with its data written out as JSON in turns of the loop that are not long; Yoga asks `stringify` for the whole. Data that
 * somebody puts in its place is written as it is.
 */
export async function writtenAhead({ data, ...others }: ExecutionResult): Promise<ExecutionResult> {
  const pieces: string[] = [];
  await write(data, pieces);
  const text = pieces.join('');
  function stringify(shown: ExecutionResult): string {
    if (shown.data !== data) return JSON.stringify(shown);
    const { data: _, ...rest } = shown;
    const besides = JSON.stringify(rest);
    return besides === '{}' ? `{"data":${text}}` : `${besides.slice(0, -1)},"data":${text}}`;
  }
  return { ...others, data, stringify } as ExecutionResult;
}

async function write(value: unknown, pieces: string[]): Promise<void> {
  if (isLong()) await new Promise<void>(putOff);
  if (typeof value !== 'object' || value === null || charactersIn(value, mostAtOnce) <= mostAtOnce) {
    pieces.push(JSON.stringify(value));
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      pieces.push(index === 0 ? '[' : ',');
      await write(value[index], pieces);
    }
    pieces.push(']');
  } else {
    let before = '{';
    for (const [name, each] of Object.entries(value)) {
      pieces.push(`${before}${JSON.stringify(name)}:`);
      before = ',';
      await write(each, pieces);
    }
    pieces.push('}');
  }
}

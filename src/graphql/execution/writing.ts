import type { ExecutionResult } from 'graphql';
import { isLong, putOff } from '../../turns.js';
import { charactersIn } from '../limits/answers.js';

/** What is written at one go, in characters. */
const mostAtOnce = 50_000;

/** Of a result: what its data is as JSON. */
const writtenData = Symbol('written data');

type WrittenAhead = ExecutionResult & { [writtenData]?: { data: unknown; bytes: Buffer } };

/** `result` with its data written as JSON already, in turns of the loop that are not long. */
export async function writtenAhead(result: ExecutionResult): Promise<ExecutionResult> {
  const pieces: Buffer[] = [];
  await write(result.data, pieces);
  const { data } = result;
  return { ...result, [writtenData]: { data, bytes: Buffer.concat(pieces) } } satisfies WrittenAhead as ExecutionResult;
}

/** The JSON of its data, where that has been {@link writtenAhead}, and nobody has put other data in its place since. */
export function dataWrittenOf(result: ExecutionResult): Buffer | null {
  const written = (result as WrittenAhead)[writtenData];
  return written && written.data === result.data ? written.bytes : null;
}

const isBig = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && charactersIn(value, mostAtOnce) > mostAtOnce;

async function write(value: unknown, pieces: Buffer[]): Promise<void> {
  if (isLong()) await new Promise<void>(putOff);
  if (!isBig(value)) pieces.push(Buffer.from(JSON.stringify(value)));
  else if (Array.isArray(value)) await writeItems(value, pieces);
  else {
    let before = '{';
    for (const [name, each] of Object.entries(value)) {
      pieces.push(Buffer.from(`${before}${JSON.stringify(name)}:`));
      before = ',';
      await write(each, pieces);
    }
    pieces.push(Buffer.from('}'));
  }
}

/** Small items are written with those beside them. */
async function writeItems(items: readonly unknown[], pieces: Buffer[]): Promise<void> {
  let before = '[';
  let small: unknown[] = [];
  let characters = 0;
  const writeSmall = () => {
    if (small.length === 0) return;
    pieces.push(Buffer.from(`${before}${JSON.stringify(small).slice(1, -1)}`));
    before = ',';
    small = [];
    characters = 0;
  };
  for (const item of items) {
    if (isBig(item)) {
      writeSmall();
      pieces.push(Buffer.from(before));
      before = ',';
      await write(item, pieces);
      continue;
    }
    small.push(item);
    characters += charactersIn(item);
    if (characters <= mostAtOnce) continue;
    writeSmall();
    if (isLong()) await new Promise<void>(putOff);
  }
  writeSmall();
  pieces.push(Buffer.from(']'));
}

import { BrokenFile, type ReadItem, type Reader } from '../records.js';
import { UnreadableSource, type Source } from '../source.js';
import { worded } from './issues.js';
import { linesOf, type Line } from './lines.js';
import { schemas, type RecordKind } from './schemas.js';

/** Characters one line may have: an article with its comments, and room to spare. */
const longestLine = 32 * 2 ** 20;

const referenceKinds: readonly string[] = ['publication', 'section', 'author', 'tag', 'partner'] satisfies RecordKind[];

/** Reads Dateline's own NDJSON, one record a line. A line that is wrong is refused alone; the rest goes on. */
export class NdjsonReader implements Reader {
  readonly format = 'ndjson';
  private readonly limit: number;

  constructor(
    private readonly source: Source,
    options: { longestLine?: number } = {},
  ) {
    this.limit = options.longestLine ?? longestLine;
  }

  get notes(): readonly string[] {
    return this.source.notes;
  }

  async *references(): AsyncGenerator<ReadItem> {
    for await (const line of this.lines()) {
      const kind = kindAtStart(line.text);
      // Nothing is weighed twice: what is wrong is refused in one of the passes, by what it says it is.
      if (kind === null || referenceKinds.includes(kind)) {
        const item = readLine(line, this.limit);
        if (isReference(item)) yield item;
      }
    }
  }

  async *articles(): AsyncGenerator<ReadItem> {
    let hasCollections = false;
    for await (const line of this.lines()) {
      const kind = kindAtStart(line.text);
      if (kind !== null && referenceKinds.includes(kind)) continue;
      if (kind === 'collection') {
        hasCollections = true;
        continue;
      }
      const item = readLine(line, this.limit);
      if (kindOf(item) === 'collection') hasCollections = true;
      else if (!isReference(item)) yield item;
    }
    if (!hasCollections) return;
    for await (const line of this.lines()) {
      const kind = kindAtStart(line.text);
      if (kind !== null && kind !== 'collection') continue;
      const item = readLine(line, this.limit);
      if (kindOf(item) === 'collection') yield item;
    }
  }

  async close(): Promise<void> {
    // Nothing is held beside the source.
  }

  private async *lines(): AsyncGenerator<Line> {
    let last = 1;
    try {
      for await (const line of linesOf(this.source, this.limit)) {
        last = line.number;
        yield line;
      }
    } catch (error) {
      if (!(error instanceof UnreadableSource)) throw error;
      throw new BrokenFile(`${error.message} It was read up to line ${last}.`, last, 1);
    }
  }
}

/** The kind of a line that has it first, told without reading all of the line; null for any other line. */
function kindAtStart(text: string | null): string | null {
  return /^\{\s*"kind"\s*:\s*"([a-z]+)"/.exec(text ?? '')?.[1] ?? null;
}

function kindOf(item: ReadItem): string {
  return item.outcome === 'record' ? item.record.kind : item.kind;
}

function isReference(item: ReadItem): boolean {
  return referenceKinds.includes(kindOf(item));
}

function readLine({ number, text }: Line, limit: number): ReadItem {
  const at = { line: number };
  const refused = (kind: string, title: string, reason: string): ReadItem => ({
    outcome: 'refused',
    kind,
    title,
    at,
    reason,
  });
  if (text === null) return refused('line', '', `is longer than ${limit} characters, the most a line may have`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused(
      kindAtStart(text) ?? 'line',
      text.slice(0, 60),
      `is no JSON object: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(
      'line',
      text.slice(0, 60),
      'must be a JSON object, such as {"kind":"tag","slug":"trade","name":"Trade"}',
    );
  }
  const { kind } = value as { kind?: unknown };
  const claimed = kindAtStart(text);
  if (claimed !== null && kind !== claimed)
    return refused(claimed, titleOf(value), 'has "kind" twice, with two values');
  if (!isRecordKind(kind)) {
    return refused('line', titleOf(value), `"kind" must be one of ${Object.keys(schemas).join(', ')}`);
  }
  const { success, data, error } = schemas[kind].safeParse(value);
  if (!success) return refused(kind, titleOf(value), worded(error.issues, value));
  const id = data.kind === 'publication' ? 'publication' : `${kind}:${data.slug}`;
  return { outcome: 'record', record: data, origin: { system: 'ndjson', id }, at };
}

function isRecordKind(kind: unknown): kind is RecordKind {
  return typeof kind === 'string' && Object.hasOwn(schemas, kind);
}

/** What to call a record that is not right, in a message. */
function titleOf(value: object): string {
  const called = Object.entries(value).filter(([key]) => ['slug', 'headline', 'name', 'title'].includes(key));
  return (
    called
      .map(([, text]: [string, unknown]) => text)
      .find((text) => typeof text === 'string')
      ?.slice(0, 120) ?? ''
  );
}

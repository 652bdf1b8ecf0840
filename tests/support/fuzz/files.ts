import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { sql } from '../../../src/database/sql.js';
import { openReader, UnknownFormat } from '../../../src/importing/format.js';
import { importFrom } from '../../../src/importing/import.js';
import { BrokenFile } from '../../../src/importing/records.js';
import { openSource, UnreadableSource } from '../../../src/importing/source.js';
import { everything } from '../everything.js';
import { aSection } from '../records.js';
import { startService, type TestService } from '../service.js';
import { type Random, randomFrom, seedOf } from './random.js';
import { hostileTexts } from './values.js';

interface Original {
  name: string;
  text: string;
}

const paper = fileURLToPath(new URL('../../unit/importing/fixtures/paper.xml', import.meta.url));

/** A whole file of each format that is read: WordPress's, our own, and the feeds we give out ourselves. */
async function originals(service: TestService): Promise<Original[]> {
  const feeds = await Promise.all(
    ['latest.rss', 'latest.atom', 'latest.json'].map(async (name) => ({
      name,
      text: await (await service.request(`/feeds/${name}`)).text(),
    })),
  );
  return [
    { name: 'WXR', text: readFileSync(paper, 'utf8') },
    { name: 'NDJSON', text: everything.map((record) => JSON.stringify(record)).join('\n') },
    ...feeds,
  ];
}

const anywhere = (text: string, random: Random): number => random.upTo(text.length);

const elementIn = (text: string, random: Random): RegExpExecArray | null => {
  const elements = [
    ...text.matchAll(/<([\w:]+)[^<>]*>[^<]*<\/\1>|<item>[\s\S]*?<\/item>|<entry>[\s\S]*?<\/entry>|^\{.*\}$/gm),
  ];
  return elements.length === 0 ? null : random.of(elements);
};

const wrongDates = [
  ...[
    'Thu, 32 Oct 2021 08:00:00 +0000',
    '0000-00-00 00:00:00',
    '2021-13-45T99:99:99Z',
    '+275760-09-13T00:00:00.001Z',
    '99999-01-01',
  ],
  ...[
    '-000001-01-01T00:00:00Z',
    '1e10',
    '',
    'yesterday',
    '2021-02-30T00:00:00Z',
    '2021-10-21 10:00:00 +99:99',
    'NaN',
    '\ud800',
  ],
];

/** Ways to spoil a text. */
const inText: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => text.slice(0, anywhere(text, random)),
  (text, random) => text.slice(0, text.indexOf('>', anywhere(text, random))),
  (text, random) => {
    const element = elementIn(text, random);
    return element
      ? text.slice(0, element.index) + element[0].repeat(1 + random.upTo(4)) + text.slice(element.index)
      : text;
  },
  (text, random) => {
    const [one, other] = [elementIn(text, random), elementIn(text, random)];
    if (!one || !other) return text;
    return text
      .replace(one[0], '\u0000one')
      .replace(other[0], () => one[0])
      .replace('\u0000one', () => other[0]);
  },
  (text, random) => {
    const element = elementIn(text, random);
    return element ? text.replace(element[0], '') : text;
  },
  (text, random) =>
    text.replace(/>([^<>]{3,})</g, (whole) => (random.chance(0.05) ? `>${random.of(hostileTexts)}<` : whole)),
  (text, random) =>
    text.replace(/CDATA\[([^\]]*)\]/g, (whole) => (random.chance(0.08) ? `CDATA[${random.of(hostileTexts)}]` : whole)),
  (text, random) =>
    text.replace(/"(?:[^"\\\n]|\\.)*"/g, (whole) =>
      random.chance(0.04) ? JSON.stringify(random.of(hostileTexts)) : whole,
    ),
  (text, random) =>
    text.replace(/:(\s*)("(?:[^"\\\n]|\\.)*"|\d+|true|null)/g, (whole) =>
      random.chance(0.04)
        ? `:${random.of(['null', '1', '-1', '1e400', '[]', '{}', 'true', '""', '[[[[1]]]]'])}`
        : whole,
    ),
  (text, random) =>
    text.replace(/\w{3}, \d\d \w{3} \d{4} [\d:]+ [+\d]+|\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, (whole) =>
      random.chance(0.2) ? random.of(wrongDates) : whole,
    ),
  (text, random) =>
    text.replace(/<(\w[\w:]*)/g, (whole) => (random.chance(0.01) ? `${whole} x="${'y'.repeat(200_000)}"` : whole)),
  (text, random) => text.replace(/<\/(\w[\w:]*)>/g, (whole) => (random.chance(0.01) ? '</other>' : whole)),
  (text, random) => {
    const at = anywhere(text, random);
    return (
      text.slice(0, at) +
      random.of(['<b>', '<item>', '{"a":', '[', '<![CDATA[', '<!--']).repeat(1 + random.upTo(5000)) +
      text.slice(at)
    );
  },
  (text, random) => {
    const entities = random.of([
      '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
      '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
      '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
      '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
    ]);
    return text
      .replace(/(<\?xml[^>]*\?>)?/, (declaration) => `${declaration}${entities}`)
      .replace(/>([^<>]{3,})</, '>&c;<');
  },
  (text, random) =>
    text.replace(
      /encoding="[^"]*"/i,
      `encoding="${random.of(['UTF-16', 'utf-7', 'ISO-8859-1', 'x', '', 'windows-1251', 'UTF-32', 'shift_jis'])}"`,
    ),
  (text, random) =>
    text.replace(
      /<content:encoded>|"content_html": ?"/,
      (whole) =>
        whole +
        (whole.startsWith('<') ? '<![CDATA[' : '') +
        random
          .of(['<div>', '<b><i>', '<table><tr><td>', '&lt;p&gt;', '[caption]', '[gallery ids=1]'])
          .repeat(1 + random.upTo(3000)) +
        (whole.startsWith('<') ? ']]>' : ''),
    ),
  (text, random) =>
    text.replaceAll(
      random.of(['<wp:post_id>', '<guid', '<id>', '"slug":', '"id":', '<title>', 'wp:post_type']),
      random.of(['<x>', '"x":', '']),
    ),
  (text) => text + text,
];

/** Ways to spoil bytes. */
const inBytes: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => {
    const spoilt = Buffer.from(bytes);
    for (let count = 1 + random.upTo(20); count > 0; count -= 1) {
      const at = random.upTo(spoilt.length - 1);
      spoilt[at] = (spoilt[at] ?? 0) ^ (1 << random.upTo(7));
    }
    return spoilt;
  },
  (bytes, random) => {
    const spoilt = Buffer.from(bytes);
    for (let count = 1 + random.upTo(10); count > 0; count -= 1)
      spoilt[random.upTo(spoilt.length - 1)] = random.of([0, 255, 0xc0, 0xed, 0x80, 10]);
    return spoilt;
  },
  (bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
  (bytes) => Buffer.from(bytes.toString('utf8'), 'latin1'),
  (bytes) => gzipSync(bytes),
  (bytes, random) => {
    const packed = gzipSync(bytes);
    return packed.subarray(0, random.upTo(packed.length));
  },
  (bytes, random) => {
    const packed = Buffer.from(gzipSync(bytes));
    const at = random.upTo(packed.length - 1);
    packed[at] = (packed[at] ?? 0) ^ 255;
    return packed;
  },
  (bytes, random) =>
    Buffer.concat([
      random.of([
        Buffer.from([0xff, 0xfe]),
        Buffer.from([0xef, 0xbb, 0xbf]),
        Buffer.from('PK\x03\x04'),
        Buffer.alloc(300),
      ]),
      bytes,
    ]),
];

export function spoilt({ text }: Original, random: Random): Buffer {
  let changed = text;
  for (let count = random.upTo(2); count >= 0; count -= 1) changed = random.of(inText)(changed, random);
  const bytes = Buffer.from(changed);
  return random.chance(0.25) && bytes.length > 0 ? random.of(inBytes)(bytes, random) : bytes;
}

/** What became of a file. */
export interface Imported {
  outcome: 'read' | 'broken' | 'not readable' | 'no such format';
  /** What must not be; null where all is well. */
  fault: string | null;
  stored: number;
  refused: number;
  ms: number;
}

const mostMs = 20_000;

export async function imported(service: TestService, bytes: Uint8Array, system: string): Promise<Imported> {
  const began = performance.now();
  const result: Imported = { outcome: 'read', fault: null, stored: 0, refused: 0, ms: 0 };
  const source = await openSource('-', { stdin: Readable.from([bytes]) });
  try {
    const reader = await openReader(source, { system, section: 'world' });
    try {
      for await (const line of importFrom(reader, service.db, { site: service.site, now: service.now })) {
        if (line.outcome === 'created' || line.outcome === 'updated') result.stored += 1;
        if (line.outcome !== 'refused') continue;
        result.refused += 1;
        if (!line.reason) result.fault = `${line.kind} ${line.name} was refused without a reason`;
        if (!(line.line >= 1)) result.fault = `${line.kind} ${line.name} was refused without its place`;
      }
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (error instanceof BrokenFile) {
      result.outcome = 'broken';
      if (!(error.line >= 1 && error.column >= 1)) result.fault = `a broken file without its place: ${error.message}`;
    } else if (error instanceof UnreadableSource) result.outcome = 'not readable';
    else if (error instanceof UnknownFormat) result.outcome = 'no such format';
    else result.fault = `a fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  } finally {
    await source.close();
  }
  result.ms = performance.now() - began;
  if (result.ms > mostMs) result.fault ??= 'took longer than 20 s';
  return result;
}

/** Pieces that are there in part: without the words that readers or editors get, without what search looks at, out of order. */
export async function halfStored({ db }: TestService): Promise<string[]> {
  const rows = await db.rows<{ slug: string; why: string }>(sql`
    select a.slug, 'no newest revision' as why from article a
      where not exists (select from article_revision r where r.article_id = a.id and r.number = a.revision)
    union all select a.slug, 'no live revision' from article a
      where not exists (select from article_revision r where r.article_id = a.id and r.number = a.live_revision)
    union all select a.slug, 'no words to be found by' from article a
      where a.status <> 'RETRACTED' and not exists (select from search_document d where d.article_id = a.id)
    union all select a.slug, 'published without a date' from article a where a.status = 'PUBLISHED' and a.published_at is null
    union all select a.slug, 'a body that is no tree' from article a join article_revision r on r.article_id = a.id
      where r.tree->>'type' is distinct from 'root'
    union all select a.slug, 'no headline' from article a where btrim(a.headline) = ''
    union all select id::text, 'waits to be found' from (select article_id as id from search_stale) s`);
  return rows.map(({ slug, why }) => `${slug}: ${why}`);
}

const shownOf =
  'query ($after: String) { articles(first: 40, after: $after) { nodes { slug path section { slug } headline standfirst publishedAt updatedAt body { html markdown text blocks { id } } bylines { name } tags { slug } leadImage { url } source { attribution originalUrl } comments { nodes { text } } } pageInfo { endCursor hasNextPage } } }';

/** What the graph cannot show of what is stored. */
export async function unshowable(service: TestService): Promise<string[]> {
  let after: string | null = null;
  const editor = await service.signIn('editor', 'Looks at it all');
  for (;;) {
    const answer = await service.query(shownOf, { after }, editor);
    if (answer.errors) return answer.errors.map(({ message, path }) => `${(path ?? []).join('.')}: ${message}`);
    const { endCursor, hasNextPage } = answer.data.articles.pageInfo as { endCursor: string; hasNextPage: boolean };
    if (!hasNextPage) break;
    after = endCursor;
  }
  const problems: string[] = [];
  for (const path of ['/feeds/latest.rss', '/feeds/latest.atom', '/feeds/latest.json', '/sitemap.xml', '/']) {
    const { status } = await service.request(path, { headers: { accept: '*/*' } });
    if (status >= 500) problems.push(`${path} answers ${status}`);
  }
  return problems;
}

export interface FileFault {
  what: string;
  index: number;
  original: string;
  /** The end of it, or all of it where it is short. */
  bytes: Buffer;
}

export interface FileTally {
  files: number;
  outcomes: Record<string, number>;
  stored: number;
  refused: number;
  slowest: { ms: number; index: number };
  faults: FileFault[];
}

const worldEvery = 250;
const lookEvery = 25;

/** Imports spoilt files, one after the other into the same database, and looks at what is left behind. */
export async function importAtRandom(plan: {
  seed: number;
  files: number;
  from?: number;
  until?: number;
  onFault?: (fault: FileFault) => void;
  onProgress?: (done: number) => void;
}): Promise<FileTally> {
  const { seed, files, from = 0, until = Infinity, onFault, onProgress } = plan;
  const tally: FileTally = { files: 0, outcomes: {}, stored: 0, refused: 0, slowest: { ms: 0, index: 0 }, faults: [] };
  let service: TestService | undefined;
  let known: Original[] = [];
  const loose: unknown[] = [];
  const onLoose = (error: unknown) => loose.push(error);
  process.on('unhandledRejection', onLoose);
  process.on('uncaughtException', onLoose);
  try {
    for (let index = from; index < files && performance.now() < until; index += 1) {
      if (!service || index % worldEvery === 0) {
        await service?.close();
        service = await startService();
        await service.load([
          aSection(),
          ...everything.filter((record) => !('slug' in record && record.slug === 'world')),
        ]);
        known = await originals(service);
      }
      const random = randomFrom(seedOf(seed, index));
      const original = random.of(known);
      const bytes = spoilt(original, random);
      const { outcome, fault, stored, refused, ms } = await imported(service, bytes, `feed:${random.upTo(5)}`);
      tally.files += 1;
      tally.stored += stored;
      tally.refused += refused;
      const key = `${original.name} ${outcome}`;
      tally.outcomes[key] = (tally.outcomes[key] ?? 0) + 1;
      if (ms > tally.slowest.ms) tally.slowest = { ms: Math.round(ms), index };
      const told = (what: string) => {
        const found = { what, index, original: original.name, bytes };
        tally.faults.push(found);
        onFault?.(found);
      };
      if (index % 100 === 99) onProgress?.(index + 1);
      if (fault !== null) told(fault);
      if (loose.length > 0) told(`a rejection that nobody handles: ${String(loose.splice(0).at(0))}`);
      const halves = await halfStored(service);
      if (halves.length > 0) told(`half stored: ${halves.slice(0, 5).join('; ')}`);
      if (index % lookEvery === lookEvery - 1) {
        const unshown = await unshowable(service);
        if (unshown.length > 0) told(`cannot be shown: ${unshown.slice(0, 5).join('; ')}`);
        if (unshown.length > 0 || halves.length > 0) {
          await service.close();
          service = undefined;
        }
      }
    }
  } finally {
    await service?.close();
    process.off('unhandledRejection', onLoose);
    process.off('uncaughtException', onLoose);
  }
  return tally;
}

import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { pino } from 'pino';
import { openTracing, type Tracing } from '../../../src/observability/tracing/open.js';
import { inSpan } from '../../../src/observability/tracing/spans.js';
import { serverIn, tracedStatements } from '../../../src/observability/tracing/statements.js';

const exporter = new InMemorySpanExporter();
let tracing: Tracing;
beforeAll(async () => {
  const config = { protocol: 'http/json', sampler: 'always_on', ratio: 1, sendsWithinMs: 1000 } as const;
  tracing = await openTracing(config, { log: pino({ level: 'silent' }), version: '0', exporter });
});
afterAll(() => tracing.close());
beforeEach(() => exporter.reset());

const watch = tracedStatements();

it.each([
  ['select * from article a where id = $1', 'SELECT article'],
  ['\n  -- why\n  insert into article_tag (article_id) values ($1)', 'INSERT article_tag'],
  ['INSERT INTO "public"."audit_entry" ("id") VALUES ($1)', 'INSERT audit_entry'],
  ['update token set last_used_at = $1 where id = $2', 'UPDATE token'],
  ['delete from hub_request where id = $1', 'DELETE hub_request'],
  ['with due as (select id from t) update webhook_delivery d set tries = 1 from due', 'UPDATE webhook_delivery'],
  ['with x as (select 1) select * from unnest($1::text[]) u join author using (id)', 'SELECT author'],
  ['select pg_advisory_xact_lock(h) from unnest($1::text[]) h', 'SELECT'],
  ['(select id from tag) union all (select id from author)', 'SELECT tag'],
])('%j is called %s', async (text, name) => {
  await inSpan('whole', {}, () => watch(text, () => Promise.resolve([])));
  const [statement] = exporter.getFinishedSpans();
  expect(statement?.name).toBe(name);
  expect(statement?.attributes).toMatchObject({ 'db.query.text': text, 'db.response.returned_rows': 0 });
});

it('a statement that is sent for nothing that is recorded has no span', async () => {
  expect(await watch('select 1', () => Promise.resolve('sent'))).toBe('sent');
  expect(exporter.getFinishedSpans()).toEqual([]);
});

it('a statement that fails says so by its code, as the driver or Prisma has it, and not by its words', async () => {
  const words = 'Key (slug)=(S3cr3t) already exists.';
  for (const error of [
    Object.assign(new Error(words), { code: '23505', detail: words }),
    Object.assign(new Error(words), { name: 'DriverAdapterError', cause: { originalCode: '23505' } }),
  ]) {
    exporter.reset();
    const sent = inSpan('whole', {}, () => watch('insert into tag values ($1)', () => Promise.reject(error)));
    await expect(sent).rejects.toBe(error);
    const spans = exporter.getFinishedSpans();
    expect(spans[0]?.attributes).toMatchObject({ 'db.response.status_code': '23505' });
    expect(JSON.stringify(spans.map(({ attributes, events, status }) => [attributes, events, status]))).not.toMatch(
      /S3cr3t|exists/,
    );
  }
});

it.each([
  [
    'postgres://u:S3cr3t@db.example:6432/paper?x=1',
    { 'server.address': 'db.example', 'server.port': 6432, 'db.namespace': 'paper' },
  ],
  ['postgres://db.example/paper', { 'server.address': 'db.example', 'server.port': 5432, 'db.namespace': 'paper' }],
  [undefined, {}],
])('the database at %s is told by where it is', (url, attributes) => {
  expect(serverIn(url)).toEqual(attributes);
});

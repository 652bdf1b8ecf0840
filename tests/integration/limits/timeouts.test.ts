import { pino } from 'pino';
import { makeApp } from '../../../src/app.js';
import type { Database } from '../../../src/database/database.js';
import { openPostgres } from '../../../src/database/postgres.js';
import { sql } from '../../../src/database/sql.js';
import { listen } from '../../../src/http/server.js';
import { eventually } from '../../support/eventually.js';
import { aMoment, startService, type TestService } from '../../support/service.js';
import { testServer } from '../../support/server.js';

let service: TestService;
let isServer: boolean;
beforeAll(async () => {
  service = await startService();
  isServer = service.db.kind === 'postgres';
});
afterAll(() => service.close());

const onServer = process.env['TEST_DATABASE_URL'] === undefined ? it.skip : it;

/** Reads that end when they are told to, or by themselves after this test: on a server, statements that it has to break off. */
const slow = (db: Database): Database => ({
  ...db,
  read: async (_statement, _dependsOn, signal) => {
    if (db.kind === 'postgres') return db.rows(sql`select pg_sleep(60)`, signal);
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('given up'))));
  },
});
const appOver = (db: Database, mostSeconds: number) =>
  makeApp(
    { db, site: service.site, outgoing: service.outgoing, log: pino({ level: 'silent' }), clock: () => aMoment },
    { deskFolder: '/nowhere', mostSeconds },
  );

/** Statements that the server is at for this test. */
async function sleeping(): Promise<number> {
  const [row] = await service.db.rows<{ count: number }>(sql`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`);
  return row?.count ?? 0;
}

const asking = (query: string, signal?: AbortSignal) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
  body: JSON.stringify({ query }),
  ...(signal ? { signal } : {}),
});
const address = 'https://news.example/graphql';

it('a query that outlives its time is stopped, on a server too, and the client is told to come again', async () => {
  const response = await appOver(slow(service.db), 0.2)(new Request(address, asking('{ sections { name } }')));
  expect(response.status).toBe(504);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual({
    errors: [
      {
        message:
          'This took longer than the limit of 0.2 seconds and was stopped. Try again in a moment, or ask for less at once.',
        extensions: { code: 'TIMEOUT', retryAfter: 1 },
      },
    ],
  });
  if (isServer) await eventually(async () => (await sleeping()) === 0);
});

it('one whose rest does not come in time says so once, and ends', async () => {
  const query = '{ __typename ... @defer { sections { name } } }';
  const { headers, ...asked } = asking(query);
  const inParts = { ...asked, headers: { ...headers, accept: 'multipart/mixed' } };
  const response = await appOver(slow(service.db), 0.2)(new Request(address, inParts));
  const text = await response.text();
  expect(text).toContain('{"data":{"__typename":"Query"},"hasNext":true}');
  expect(text.match(/"errors":\[\{"message":"This took longer .*?"hasNext":false/g)).toHaveLength(1);
  expect(text).toMatch(/\r\n-----\r\n$/);
});

it('one that is done in time is answered', async () => {
  const app = appOver(service.db, 60);
  const response = await app(new Request(address, asking('{ publication { name } sections { name } }')));
  expect(await response.json()).toMatchObject({ data: { publication: { name: 'The Test' } } });
});

it('a query whose client has gone is stopped', async () => {
  const told: (AbortSignal | undefined)[] = [];
  const watched = slow(service.db);
  const app = appOver(
    {
      ...watched,
      read: (statement, dependsOn, signal) => {
        told.push(signal);
        return watched.read(statement, dependsOn, signal);
      },
    },
    60,
  );
  const listening = await listen(app, { host: '127.0.0.1', port: 0 });
  try {
    const leaving = new AbortController();
    const answer = fetch(`${listening.url}/graphql`, asking('{ sections { name } }', leaving.signal));
    answer.catch(() => undefined);
    await eventually(async () => told.length === 1 && (!isServer || (await sleeping()) === 1));
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await eventually(() => told[0]?.aborted === true);
    if (isServer) await eventually(async () => (await sleeping()) === 0);
  } finally {
    await listening.close(0);
  }
});

onServer('a statement beyond the limit of its connection is a timeout, and no fault', async () => {
  const [{ name } = { name: '' }] = await service.db.rows<{ name: string }>(sql`select current_database() as name`);
  const url = new URL(testServer);
  url.pathname = `/${name}`;
  const limited = await openPostgres({ connectionString: url.href }, { connections: 1, statementTimeoutMs: 100 });
  try {
    const reading: Database = { ...limited, read: () => limited.rows(sql`select pg_sleep(60)`) };
    const byPrisma: Database = { ...limited, read: () => limited.prisma.$queryRaw`select 1 from pg_sleep(60)` };
    for (const db of [reading, byPrisma]) {
      const response = await appOver(db, 60)(new Request(address, asking('{ sections { name } }')));
      expect(await response.json()).toMatchObject({
        errors: [
          {
            message: 'This took longer than it may and was stopped. Try again in a moment, or ask for less at once.',
            path: ['sections'],
            extensions: { code: 'TIMEOUT', retryAfter: 1 },
          },
        ],
      });
    }
  } finally {
    await limited.close();
  }
});

import { readFile } from 'node:fs/promises';
import { measureQueues } from '../../src/content/queues.js';
import { sql } from '../../src/database/sql.js';
import { operationNamesIn, readKnownDocuments } from '../../src/graphql/documents.js';
import { measureDatabase } from '../../src/observability/database.js';
import { makeMetrics, type Metrics } from '../../src/observability/metrics.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { mutate } from '../support/mutation.js';
import { operation } from '../support/operations.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
let metrics: Metrics;
beforeAll(async () => {
  // As a running service measures; see src/cli/serve.ts.
  metrics = makeMetrics({ ofProcess: true, operations: operationNamesIn(await readKnownDocuments()) });
  service = await startService({ answers: true, metrics });
  measureQueues(metrics, service.db);
  const withPool = { ...service.db, pool: () => ({ open: 3, idle: 2, waiting: 0 }) };
  measureDatabase(metrics, {
    pools: { requests: withPool },
    isFull: () => false,
    caughtUp: () => service.answers!.caughtUp(),
  });
  await loadSampleNewsroom(service.db, service.site, service.now);
});
afterAll(() => service.close());

interface Series {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** What is exported now. */
async function series(): Promise<Series[]> {
  const text = await (await service.request('/metrics')).text();
  return text
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, of]) => [key, of]);
      return { name, labels: Object.fromEntries(pairs), value: Number(value.replace('Nan', 'NaN')) };
    });
}

async function valueOf(name: string, labels: Record<string, string> = {}): Promise<number> {
  const found = (await series()).filter(
    (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
  );
  return found.reduce((sum, { value }) => sum + value, 0);
}

/** How much each of these grows while `work` is done. */
async function growthOf(
  of: Record<string, readonly [name: string, labels?: Record<string, string>]>,
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const read = async () => {
    const values: Record<string, number> = {};
    for (const [key, [name, labels]] of Object.entries(of)) values[key] = await valueOf(name, labels);
    return values;
  };
  const before = await read();
  await work();
  const after = await read();
  return Object.fromEntries(Object.keys(of).map((key) => [key, (after[key] ?? 0) - (before[key] ?? 0)]));
}

describe('an operation is measured', () => {
  const of = (name: string) =>
    ({
      made: ['dateline_operations_total', { operation: name, source: 'made' }],
      given: ['dateline_operations_total', { operation: name, source: 'memory' }],
      timed: ['dateline_operation_seconds_count', { operation: name }],
      statements: ['dateline_operation_statements_total', { operation: name }],
      errors: ['dateline_operation_errors_total', { operation: name }],
    }) as const;

  it('by its name when it is made, with its statements; and when it is given from memory', async () => {
    const ask = () => service.query(operation('latest-feed'), { first: 3 });
    let sent = 0;
    const made = await growthOf({ ...of('LatestFeed') }, async () => {
      service.statements();
      await ask();
      sent = service.statements().filter((text) => !/^select 1$/i.test(text)).length;
    });
    expect(sent).toBeGreaterThan(0);
    expect(made).toEqual({ made: 1, given: 0, timed: 1, statements: sent, errors: 0 });
    expect(await growthOf({ ...of('LatestFeed') }, ask)).toEqual({
      made: 0,
      given: 1,
      timed: 0,
      statements: 0,
      errors: 0,
    });
  });

  it('as “other” where the name is the client’s own, or there is none', async () => {
    const grown = await growthOf({ ...of('other') }, async () => {
      await service.query('query Made_up_by_a_client { __typename }');
      await service.query('{ sections { slug } }');
    });
    expect(grown).toMatchObject({ made: 2, errors: 0 });
    const names = new Set((await series()).map(({ labels }) => labels['operation']));
    expect([...names].filter((name) => name?.startsWith('Made'))).toEqual([]);
  });

  it('with the statements of its transaction, when it writes', async () => {
    const editor = await service.signIn('editor');
    const input = { headline: 'Measured', section: 'asia', body: { html: '<p>x</p>' } };
    const measures = { ...of('other'), sql: ['dateline_operation_sql_seconds_total', { operation: 'other' }] as const };
    const grown = await growthOf(measures, async () => {
      const { __typename } = await mutate(service, 'createArticle', input, 'article { id }', editor);
      expect(__typename).toBe('CreateArticleSuccess');
    });
    expect(grown['statements']).toBeGreaterThan(4);
    expect(grown['sql']).toBeGreaterThan(0);
  });

  it('with the code of each error that a client is told', async () => {
    const grown = await growthOf(
      { all: ['dateline_operation_errors_total', { operation: 'other', code: 'BAD_USER_INPUT' }] },
      () => service.query('{ node(id: "nonsense") { id } }'),
    );
    expect(grown).toEqual({ all: 1 });
  });
});

it('what waits is counted, and no more of it than is worth knowing', async () => {
  await service.db.rows(
    sql`insert into search_stale select id, true from article order by id limit 3 on conflict do nothing`,
  );
  expect(await valueOf('dateline_queue_waiting', { queue: 'search' })).toBe(3);
  await service.db.rows(sql`delete from search_stale`);
  expect(await valueOf('dateline_queue_waiting', { queue: 'search' })).toBe(0);
  const queues = (await series()).filter(({ name }) => name === 'dateline_queue_waiting');
  expect(queues.map(({ labels }) => labels['queue']).sort()).toEqual([
    'announcements',
    'hub_requests',
    'hub_subscriptions',
    'search',
    'webhooks',
  ]);
});

it('how far behind the database its messages are is known', async () => {
  const lag = await valueOf('dateline_notify_lag_seconds');
  expect(lag).toBeGreaterThan(0);
  expect(lag).toBeLessThan(5);
});

interface Dashboard {
  uid: string;
  panels: { title: string; targets: { expr: string; legendFormat: string }[] }[];
  templating: { list: { name: string; query: string }[] };
}

describe('the dashboard of ops/grafana', () => {
  /** Labels that Prometheus itself gives to what it reads. */
  const given = ['instance', 'job', 'le'];
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = JSON.parse(
      await readFile(new URL('../../ops/grafana/dateline.json', import.meta.url), 'utf8'),
    ) as Dashboard;
  });

  it('asks for nothing that is not exported, and by no label that is not on it', async () => {
    // So that every series that appears with its first use is there.
    await service.query(operation('latest-feed'), { first: 2 });
    await service.query(operation('latest-feed'), { first: 2 });
    await service.query('{ node(id: "nonsense") { id } }');
    const labels = new Map<string, Set<string>>();
    for (const one of await series()) {
      const known = labels.get(one.name) ?? new Set(given);
      labels.set(one.name, new Set([...known, ...Object.keys(one.labels)]));
    }
    const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(20);
    const wrong: string[] = [];
    for (const expression of [...expressions, ...dashboard.templating.list.map(({ query }) => query)]) {
      const metricsIn = [...expression.matchAll(/\b((?:dateline|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)];
      for (const [, name = '', matchers = ''] of metricsIn) {
        const known = labels.get(name);
        if (!known) wrong.push(`${name} is not exported`);
        for (const [, label = ''] of matchers.matchAll(/(\w+)(?:=|!)/g)) {
          if (known && !known.has(label)) wrong.push(`${name} has no label ${label}`);
        }
        for (const [, by = ''] of expression.matchAll(/\bby \(([^)]*)\)/g)) {
          for (const label of by.split(/, */))
            if (known && !known.has(label)) wrong.push(`${name} has no label ${label}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('shows every kind of thing that is measured of the service', async () => {
    const text = JSON.stringify(dashboard);
    const own = new Set((await series()).map(({ name }) => name).filter((name) => name.startsWith('dateline_')));
    const leftOut = /_(sum|count|bucket|kept|evicted|dropped)$/;
    expect([...own].filter((name) => !leftOut.test(name) && !text.includes(name))).toEqual([]);
  });
});

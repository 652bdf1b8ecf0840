import { examined } from '../../src/cli/doctor/doctor.js';
import { configFrom } from '../../src/config.js';
import { sql, type Sql } from '../../src/database/sql.js';
import { loadSampleNewsroom } from '../../src/importing/sample.js';
import { anArticle, minutesAgo } from '../support/records.js';
import { aMoment, startService, type TestService } from '../support/service.js';

const environment = { PUBLIC_URL: 'https://news.example' };

let service: TestService;
beforeAll(async () => {
  service = await startService();
  await loadSampleNewsroom(service.db, service.site, service.now);
  await service.signIn('admin');
});
afterAll(() => service.close());

/** What is found, by the name of the check; what is well is left out. */
async function found(given: Record<string, string> = environment): Promise<Record<string, string[]>> {
  const results = await examined({ db: service.db, config: configFrom(given), environment: given, now: service.now });
  return Object.fromEntries(
    results.flatMap(({ name, findings }) =>
      findings.length === 0 ? [] : [[name, findings.map(({ level, what }) => `${level}: ${what}`)]],
    ),
  );
}

it('has nothing to say of the sample newsroom', async () => {
  expect(await found()).toEqual({});
});

it('says under which address the paper believes to stand, where nobody said', async () => {
  expect(await found({})).toMatchObject({
    configuration: ['warning: PUBLIC_URL is not set: feeds, sitemaps and webhooks say http://127.0.0.1:4000.'],
  });
});

const change = (at: number): Sql => sql`update article set headline = ${`Changed ${at}`} where slug = 'linked'`;

/** What somebody did past the program, what is found of it, and what mends it. */
const harms: [string, Sql[], Record<string, RegExp>, Sql[]][] = [
  [
    'triggers that were turned off',
    [sql`alter table article disable trigger all`],
    { triggers: /^problem: Triggers are off on article:/ },
    [sql`alter table article enable trigger all`],
  ],
  [
    'an index that was not made to its end',
    [sql`update pg_index set indisvalid = false where indexrelid = 'article_slug_key'::regclass`],
    { indexes: /^problem: .*article_slug_key/ },
    [sql`update pg_index set indisvalid = true where indexrelid = 'article_slug_key'::regclass`],
  ],
  [
    'a schedule of which nobody told',
    [sql`update article set announce_at = published_at where slug = 'linked'`],
    { schedules: /^problem: 1 scheduled pieces/ },
    [sql`update article set announce_at = null where slug = 'linked'`],
  ],
  [
    'documents that are gone, and some that are still to be made',
    [
      sql`delete from search_document where article_id = (select id from article where slug = 'linked')`,
      sql`insert into search_stale select id, true from article where slug <> 'linked' order by id limit 2`,
    ],
    { search: /^warning: 2 pieces wait.*\nproblem: 1 pieces are not found/ },
    [sql`delete from search_stale`, change(1)],
  ],
  [
    'join rows that do not stand where their piece does',
    [
      sql`alter table byline disable trigger all`,
      sql`update byline set ordered_at = ordered_at - interval '1 day' where article_id = (select id from article where slug = 'linked')`,
      sql`alter table byline enable trigger all`,
    ],
    { orders: /^problem: 1 bylines and tags/ },
    [sql`update byline k set status = a.status, ordered_at = a.ordered_at from article a where a.id = k.article_id`],
  ],
  [
    'lists of which it is kept that they have what they have not',
    [
      sql`alter table byline disable trigger all`,
      sql`update byline set author_id = null where article_id in (select article_id from byline where author_id is not null order by 1 limit 1)`,
      sql`alter table byline enable trigger all`,
      sql`delete from article_tally where owner_id = (select id from section where slug = 'europe')`,
    ],
    { counts: /^problem: [2-9] lists are said to have more or fewer pieces/ },
    [sql`select recount_articles()::text`],
  ],
  [
    'administrators who are all gone',
    [sql`update token set revoked_at = ${aMoment.toISOString()}::timestamptz`],
    { administrators: /^problem: Nobody can sign in/ },
    [sql`update token set revoked_at = null`],
  ],
];

describe('finds', () => {
  beforeAll(async () => {
    await service.load([
      anArticle({
        slug: 'linked',
        section: 'europe',
        authors: [{ name: 'Ann' }],
        publishedAt: minutesAgo(10),
        body: '<p><a href="/nowhere/">one</a> <a href="https://news.example/author/nobody/">two</a> <a href="/graphql">three</a> <a href="https://other.example/x/">four</a></p>',
      }),
    ]);
  });

  const links = { links: [expect.stringMatching(/^warning: 2 links lead nowhere: .*→ \/nowhere\//)] };

  it('links of the paper to itself that lead nowhere', async () => {
    expect(await found()).toEqual(links);
  });

  it.each(harms)('%s', async (_name, harm, findings, mend) => {
    for (const statement of harm) await service.db.rows(statement);
    const expected = Object.entries(findings).map(([name, text]) => [name, expect.stringMatching(text)]);
    const said = Object.entries(await found()).map(([name, what]) => [name, what.join('\n')]);
    for (const statement of mend) await service.db.rows(statement);
    expect(said.filter(([name]) => name !== 'links')).toEqual(expected);
    expect(await found()).toEqual(links);
  });
});

import { existsSync } from 'node:fs';
import { configFrom, type Config } from '../config.js';
import { overdueSchedules } from '../content/change/announce.js';
import { authorPath, fixedPlace, normalPath, sectionPath, spellings, tagPath } from '../content/path/rules.js';
import { ownAddress } from '../addresses.js';
import type { Database } from '../database/database.js';
import { openDatabase } from '../database/open.js';
import { sql, type Sql } from '../database/sql.js';

/** What a look at one thing found: nothing, or what is wrong and what to do. */
export interface Finding {
  /** A warning leaves the service as it should be, for now. */
  readonly level: 'problem' | 'warning';
  readonly what: string;
  readonly advice: string;
}

interface Check {
  readonly name: string;
  readonly look: (patient: Patient) => Promise<Finding[]>;
}

export interface Patient {
  readonly db: Database;
  readonly config: Config;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: Date;
}

const oldestPostgres = 140_000;
/** Links are looked at in so many of the newest pieces. */
const piecesRead = 2000;
const shown = 5;

const problem = (what: string, advice: string): Finding => ({ level: 'problem', what, advice });
const warning = (what: string, advice: string): Finding => ({ level: 'warning', what, advice });

/** Some of a list, and how many more there are. */
const some = (items: readonly string[]): string =>
  items.slice(0, shown).join(', ') + (items.length > shown ? ` and ${items.length - shown} more` : '');

async function namesFrom(db: Database, statement: Sql): Promise<string[]> {
  return (await db.rows<{ name: string }>(statement)).map(({ name }) => name);
}

const checks: readonly Check[] = [
  {
    name: 'configuration',
    look: ({ environment, config }) =>
      Promise.resolve(
        environment['PUBLIC_URL']
          ? []
          : [
              warning(
                `PUBLIC_URL is not set: feeds, sitemaps and webhooks say ${config.site.url}.`,
                'Set it to the address that readers use.',
              ),
            ],
      ),
  },
  {
    name: 'database',
    async look({ db }) {
      const [row] = await db.rows<{ version: number; encoding: string; readOnly: string }>(sql`
        select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
          current_setting('transaction_read_only') as "readOnly"`);
      const found: Finding[] = [];
      if (row && row.version < oldestPostgres)
        found.push(
          problem(`PostgreSQL ${Math.floor(row.version / 10_000)} is too old.`, 'Upgrade to PostgreSQL 14 or later.'),
        );
      if (row && row.encoding !== 'UTF8')
        found.push(
          problem(
            `The database keeps its text as ${row.encoding}.`,
            `Create one with encoding 'UTF8', and import there.`,
          ),
        );
      if (row?.readOnly === 'on')
        found.push(problem('The database only reads.', 'Name the primary in DATABASE_URL, not a replica.'));
      return found;
    },
  },
  {
    name: 'indexes',
    async look({ db }) {
      const broken = await namesFrom(
        db,
        sql`select indexrelid::regclass::text as name from pg_index where not indisvalid order by 1`,
      );
      return broken.length === 0
        ? []
        : [problem(`Not used, because they were not made to the end: ${some(broken)}.`, 'Run REINDEX INDEX on each.')];
    },
  },
  {
    name: 'triggers',
    async look({ db }) {
      const off = await namesFrom(
        db,
        sql`select distinct tgrelid::regclass::text as name from pg_trigger where tgenabled = 'D' order by 1`,
      );
      return off.length === 0
        ? []
        : [
            problem(
              `Triggers are off on ${some(off)}: what is kept in memory goes stale, and search finds what was.`,
              'Run ALTER TABLE … ENABLE TRIGGER ALL on each, and restart every instance.',
            ),
          ];
    },
  },
  {
    name: 'schedules',
    async look({ db, now }) {
      const overdue = await overdueSchedules(db, now);
      return overdue === 0
        ? []
        : [
            problem(
              `${overdue} scheduled pieces are public for over a minute, and nobody was told.`,
              'See that an instance is running and that its log is quiet; readers have the pieces all the same.',
            ),
          ];
    },
  },
  {
    name: 'search',
    async look({ db }) {
      const [row] = await db.rows<{ waiting: number; missing: number }>(sql`
        select (select count(*)::int from search_stale) as waiting,
          (select count(*)::int from article a where a.status <> 'RETRACTED'
            and not exists (select from search_document d where d.article_id = a.id)
            and not exists (select from search_stale s where s.article_id = a.id)) as missing`);
      const found: Finding[] = [];
      if (row && row.waiting > 0)
        found.push(
          warning(`${row.waiting} pieces wait to be found by search.`, 'A running service makes them within seconds.'),
        );
      if (row && row.missing > 0)
        found.push(
          problem(
            `${row.missing} pieces are not found by search.`,
            "Run: insert into search_stale select id, true from article where status <> 'RETRACTED' on conflict do nothing",
          ),
        );
      return found;
    },
  },
  {
    name: 'orders',
    async look({ db }) {
      const [row] = await db.rows<{ count: number }>(sql`
        select (select count(*) from byline k join article a on a.id = k.article_id
            where (k.status, k.ordered_at) is distinct from (a.status, a.ordered_at))::int
          + (select count(*) from article_tag k join article a on a.id = k.article_id
            where (k.status, k.ordered_at) is distinct from (a.status, a.ordered_at))::int as count`);
      return row && row.count > 0
        ? [
            problem(
              `${row.count} bylines and tags stand elsewhere in their lists than their piece.`,
              'They were written while triggers were off. Run, for byline and for article_tag: update byline k set status = a.status, ordered_at = a.ordered_at from article a where a.id = k.article_id and (k.status, k.ordered_at) is distinct from (a.status, a.ordered_at)',
            ),
          ]
        : [];
    },
  },
  {
    name: 'pictures',
    async look({ db }) {
      const [row] = await db.rows<{ count: number }>(sql`
        select count(*)::int as count from image i
        where not exists (select from article a where a.lead_image_id = i.id)
          and not exists (select from author u where u.image_id = i.id)`);
      return row && row.count > 0
        ? [warning(`${row.count} pictures belong to nothing.`, 'They do no harm; nothing shows them.')]
        : [];
    },
  },
  {
    name: 'webhooks',
    async look({ db, now }) {
      const off = await namesFrom(
        db,
        sql`select name || coalesce(' (' || disabled_reason || ')', '') as name from webhook where disabled_at is not null order by 1`,
      );
      const [late] = await db.rows<{ count: number }>(sql`
        select count(*)::int as count from webhook_delivery d join webhook w on w.id = d.webhook_id
        where d.status = 'PENDING' and d.tries = 0 and w.disabled_at is null and (w.paused_until is null or w.paused_until < ${now.toISOString()}::timestamptz)
          and d.created_at < ${now.toISOString()}::timestamptz - interval '10 minutes'`);
      return [
        ...(off.length > 0
          ? [warning(`Webhooks are told nothing: ${some(off)}.`, 'Enable them with updateWebhook, or delete them.')]
          : []),
        ...(late && late.count > 0
          ? [
              problem(
                `${late.count} messages wait for over ten minutes to be sent.`,
                'See that an instance is running.',
              ),
            ]
          : []),
      ];
    },
  },
  { name: 'links', look: brokenLinks },
  {
    name: 'administrators',
    async look({ db, config, now }) {
      const [row] = await db.rows<{ count: number }>(sql`
        select count(*)::int as count from token t join app_user u on u.id = t.user_id
        where u.role = 'ADMIN' and u.disabled_at is null and t.revoked_at is null
          and (t.expires_at is null or t.expires_at > ${now.toISOString()}::timestamptz)`);
      return (row?.count ?? 0) > 0 || config.oidc
        ? []
        : [problem('Nobody can sign in as an administrator.', 'Run: dateline token create --role admin --name "…"')];
    },
  },
];

/** Links of the newest pieces to addresses of this paper at which there is nothing, and never was. */
async function brokenLinks({ db, config }: Patient): Promise<Finding[]> {
  const rows = await db.rows<{ path: string; link: string }>(sql`
    with newest as (select path, id, live_revision from article
      where status = 'PUBLISHED' and ordered_at <= now() order by ordered_at desc, id desc limit ${piecesRead}::int)
    select distinct n.path, found.link[1] as link
    from newest n join article_revision r on r.article_id = n.id and r.number = n.live_revision
    cross join lateral regexp_matches(r.html, 'href="([^"#][^"]*)"', 'g') found(link)`);
  const wanted = new Map<string, Set<string>>();
  for (const { path, link } of rows) {
    const to = normalPath(link.replaceAll('&amp;', '&'), config.site.url);
    const place = to?.split('?')[0];
    if (to === null || place === undefined || place === '/') continue;
    if (ownAddress.test(place) && !fixedPlace(place)) continue;
    const from = wanted.get(to) ?? new Set();
    wanted.set(to, from.add(path));
  }
  const paths = [...wanted.keys()].flatMap(spellings);
  const there = new Set(
    await namesFrom(
      db,
      sql`
      select path as name from article where path = any(${paths}) union select path from old_address where path = any(${paths})`,
    ),
  );
  const kinds = { section: sectionPath, author: authorPath, tag: tagPath };
  for (const [kind, pathOf] of Object.entries(kinds)) {
    const table = kind === 'section' ? sql`section` : kind === 'author' ? sql`author` : sql`tag`;
    for (const slug of await namesFrom(db, sql`select slug as name from ${table}`)) there.add(pathOf(slug));
  }
  const broken = [...wanted].filter(([to]) => !spellings(to).some((spelling) => there.has(spelling)));
  return broken.length === 0
    ? []
    : [
        warning(
          `${broken.length} links lead nowhere: ${some(broken.map(([to, from]) => `${[...from][0]} → ${to}`))}.`,
          'Correct the pieces, or give the pieces that were meant their old address (oldPaths of an import).',
        ),
      ];
}

const newerHasAdded = (names: readonly string[]): Finding =>
  warning(
    `A newer Dateline has added to the database (${names.at(-1)}); this one goes on as before.`,
    'Put the newer one in its place when it suits, on all instances.',
  );

/** What each check found, in their order. */
export async function examined(patient: Patient): Promise<{ name: string; findings: Finding[] }[]> {
  const standing = await patient.db.standing();
  if (standing.state === 'current' || standing.state === 'expanded') {
    const expanded = standing.state === 'expanded' ? [newerHasAdded(standing.unknown)] : [];
    const results = [{ name: 'migrations', findings: expanded }];
    for (const { name, look } of checks) results.push({ name, findings: await look(patient) });
    return results;
  }
  const finding =
    standing.state === 'ahead'
      ? problem(
          `The database is newer than this program (${standing.unknown.at(-1)}).`,
          'Run the newer Dateline that made it.',
        )
      : problem(
          `The database lacks ${standing.missing.length} migrations.`,
          'Run `dateline migrate`, then look again.',
        );
  return [{ name: 'migrations', findings: [finding] }];
}

/** Looks at everything that can be wrong with an installation, and says what to do. Exit code 1: something has to be done. */
export async function doctorCommand(environment: NodeJS.ProcessEnv): Promise<0 | 1> {
  const config = configFrom(environment);
  if (config.databaseUrl === undefined && !existsSync(config.dataFolder)) {
    process.stdout.write(
      `problem  database: There is none in the folder ${config.dataFolder}. Start the service once, or name another folder in DATA_DIR.\n`,
    );
    return 1;
  }
  const db = await openDatabase(config);
  try {
    const results = await examined({ db, config, environment, now: new Date() });
    for (const { name, findings } of results) {
      if (findings.length === 0) process.stdout.write(`ok       ${name}\n`);
      for (const { level, what, advice } of findings) {
        process.stdout.write(`${level.padEnd(8)} ${name}: ${what} ${advice}\n`);
      }
    }
    return results.some(({ findings }) => findings.some(({ level }) => level === 'problem')) ? 1 : 0;
  } finally {
    await db.close();
  }
}

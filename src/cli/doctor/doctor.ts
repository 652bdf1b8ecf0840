import { existsSync } from 'node:fs';
import { configFrom } from '../../config.js';
import { overdueSchedules } from '../../content/change/announce.js';
import { openDatabase } from '../../database/open.js';
import { sql } from '../../database/sql.js';
import { type Finding, namesFrom, type Patient, problem, some, warning } from './finding.js';
import { brokenLinks } from './links.js';

interface Check {
  readonly name: string;
  readonly look: (patient: Patient) => Promise<Finding[]>;
}

const oldestPostgres = 140_000;

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
    name: 'counts',
    async look({ db }) {
      const [row] = await db.rows<{ count: number }>(sql`
        select count(*)::int as count
        from (select owner_id, status, sum(pieces) as pieces from article_tally group by 1, 2) t
        full join articles_counted() c on c.owner_id = t.owner_id and c.status = t.status
        where coalesce(t.pieces, 0) <> coalesce(c.pieces, 0)`);
      return row && row.count > 0
        ? [
            problem(
              `${row.count} lists are said to have more or fewer pieces than they have.`,
              'They were written while triggers were off. Run: select recount_articles(). Then restart every instance.',
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

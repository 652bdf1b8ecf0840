import { z } from 'zod';
import { ownAddress } from './addresses.js';
import { isToken } from './access/tokens.js';
import { usualStaleSeconds } from './answers/answers.js';
import { ForPeople } from './for-people.js';
import { usualSeconds } from './graphql/limits/ending.js';
import { usualCostLimit } from './graphql/limits/prices.js';
import type { AdmissionOptions } from './http/admission.js';
import { admissionFrom, admissionSettings } from './http/admission-settings.js';
import type { CorsOrigins } from './http/cors.js';
import { type IsProxy, proxiesIn } from './http/client.js';
import { type TracingConfig, tracingFrom, tracingSettings } from './observability/tracing/settings.js';
import { isPublicAddress, type MayReach, reachable } from './outgoing/addresses.js';

const origin = z
  .url({ protocol: /^https?$/, error: 'must be a whole address such as https://example.org' })
  .transform((url) => url.replace(/\/+$/, ''));

const timeZone = z.string().refine(
  (name) => {
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
    } catch {
      return false;
    }
  },
  { error: 'must be an IANA name such as Europe/Berlin' },
);

const language = z.string().refine(
  (tag) => {
    try {
      return Intl.getCanonicalLocales(tag).length === 1;
    } catch {
      return false;
    }
  },
  { error: 'must be a BCP 47 language tag such as en or pt-BR' },
);

const articlePath = z
  .string()
  .regex(/^\/(?!.*\/\/)[^?#\s]*$/, { error: 'must be a path from the root, such as /{yyyy}/{mm}/{dd}/{slug}/' })
  .refine((path) => path.includes('{slug}'), { error: 'must contain {slug}' })
  .refine(
    (path) => [...path.matchAll(/\{(\w*)\}/g)].every(([, part]) => /^(yyyy|mm|dd|slug|section)$/.test(part ?? '')),
    {
      error: 'may only contain {yyyy}, {mm}, {dd}, {slug} and {section}',
    },
  )
  .refine((path) => !ownAddress.test(path), {
    error: 'must not begin with what the service answers itself, such as /section, /feeds, /graphql or /search',
  });

const postgresUrl = /^postgres(ql)?:\/\//;
const databaseUrl = z
  .string()
  .regex(postgresUrl, { error: 'must be a postgres:// URL; leave it unset for the embedded database' });

/** Its text is what tokens say in `iss`, to the letter: a slash at the end stays. */
const issuer = z
  .url({ protocol: /^https?$/, error: 'must be the issuer as its tokens name it, such as https://login.example.org' })
  .refine((url) => url.startsWith('https:') || /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/.test(url), {
    error: 'must begin with https://, but on this machine: its keys decide who is let in',
  });

const Environment = z.object({
  PORT: z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65_535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  /** Origin of every absolute address in answers; the listening address when unset. */
  PUBLIC_URL: origin.optional(),
  DATABASE_URL: databaseUrl.optional(),
  /** The same database past a pooler, for waiting for its messages. */
  DATABASE_DIRECT_URL: databaseUrl.optional(),
  /** Standbys of that server, with commas between: what anyone may read is read there while they have all that is known here. */
  DATABASE_REPLICA_URLS: z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(z.string().regex(postgresUrl, { error: 'must be postgres:// URLs with commas between' })))
    .optional(),
  /** Folder of the embedded database. */
  DATA_DIR: z.string().min(1).default('.data'),
  SITE_NAME: z.string().min(1).default('Dateline'),
  SITE_LANGUAGE: language.default('en'),
  SITE_TIMEZONE: timeZone.default('UTC'),
  ARTICLE_PATH: articlePath.default('/{yyyy}/{mm}/{dd}/{slug}/'),
  /** Whether the paper can be read here as pages. */
  SITE: z.enum(['on', 'off']).default('on'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** What an empty database is given. */
  DATELINE_NEWSROOM: z.enum(['sample', 'off']).default('sample'),
  /** Whether answers to anyone are kept in memory; off to see what one costs that nobody asked for before. */
  DATELINE_CACHE: z.enum(['on', 'off']).default('on'),
  /** How much of them, in megabytes. */
  DATELINE_CACHE_MEGABYTES: z.coerce.number().int().min(1).max(65_536).default(64),
  /** How much of sections, authors, tags, partners, bylines and the words of pieces is kept in memory, in megabytes; 0 for none. */
  DATELINE_ROWS_MEGABYTES: z.coerce.number().int().min(0).max(65_536).default(48),
  /** Where a CDN in front is told, by names of `Surrogate-Key`, what to forget. */
  PURGE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://cdn.example/purge' })
    .transform((url) => new URL(url))
    .optional(),
  /** The header that proves there that we may. */
  PURGE_HEADER: z
    .string()
    .regex(/^[\w-]+: *[\x21-\x7e][\x20-\x7e]*$/, {
      error: 'must be a header such as `Fastly-Key: …`, which is not shown',
    })
    .optional(),
  /** A folder of documents that clients may name, besides those of `schema/operations`. */
  DATELINE_DOCUMENTS: z.string().min(1).optional(),
  /** The issuer whose JWTs are accepted besides our own tokens. */
  OIDC_ISSUER: issuer.optional(),
  OIDC_AUDIENCE: z.string().min(1).optional(),
  /** The claim, or the path to it, that holds contributor, editor or admin. */
  OIDC_ROLE_CLAIM: z.string().min(1).default('role'),
  /** The token of the first administrator, for containers and tests. */
  DATELINE_ADMIN_TOKEN: z
    .string()
    .refine((token) => isToken('dlt_', token), {
      error: 'must be dlt_ and at least 22 letters, digits, - or _ that nobody can guess',
    })
    .optional(),
  /** Which addresses inside the own network webhooks, the hub and feeds may be asked at: 1 for all, or ranges. */
  WEBHOOK_ALLOW_PRIVATE: z
    .string()
    .refine((allowed) => reachable(allowed) !== null, {
      error: 'must be 1, or ranges of addresses such as 10.1.0.0/16, separated by commas',
    })
    .optional(),
  /** For how many days it is shown what webhooks were sent. */
  WEBHOOK_LOG_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  /** Whether comments wait for a moderator. */
  COMMENTS_HOLD: z.enum(['on', 'off']).default('on'),
  /** How many days after its publication a piece can be commented on; for ever when unset. */
  COMMENTS_OPEN_DAYS: z.coerce.number({ error: 'must be a number of days' }).int().min(1).max(36_500).optional(),
  /** Who is asked whether a comment is spam. */
  COMMENTS_SPAM_HOOK: z
    .url({ protocol: /^https?$/, error: 'must be a whole address such as https://spam.example.org/check' })
    .optional(),
  /** Whether who brings neither a token nor a key is answered nothing but documents that are known. */
  PERSISTED_ONLY: z.enum(['1', '0'], { error: 'must be 1 or 0' }).default('0'),
  /** What one operation may cost. */
  COST_LIMIT: z.coerce.number({ error: 'must be a number' }).int().min(100).max(1_000_000_000).default(usualCostLimit),
  /** What the operations of one viewer may cost a minute; 0 for as much as they like. */
  COST_PER_MINUTE: z.coerce.number({ error: 'must be a number' }).int().min(0).max(1_000_000_000).default(600_000),
  /** How long a query may take. */
  QUERY_TIMEOUT_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds' })
    .min(0.1)
    .max(600)
    .default(usualSeconds),
  ...admissionSettings,
  ...tracingSettings,
  /** For how long what anyone may read may be shown while the database is away; 0 for never. */
  STALE_IF_ERROR_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds' })
    .int()
    .min(0)
    .max(604_800)
    .default(usualStaleSeconds),
  /** How long a service that is told to stop goes on answering, so that a proxy in front learns of it. */
  DRAIN_SECONDS: z.coerce.number({ error: 'must be a number of seconds' }).min(0).max(300).default(0),
  /** Whose pages may read answers: origins, or `*` for all. */
  CORS_ORIGINS: z
    .string()
    .transform((text) => (text.trim() === '*' ? '*' : text.split(',').map((each) => each.trim())))
    .refine(
      (origins) => origins === '*' || origins.every((each) => URL.canParse(each) && new URL(each).origin === each),
      { error: 'must be origins such as https://news.example, separated by commas, or * for all' },
    )
    .optional(),
  /** Proxies in front, whose `X-Forwarded-For` is believed. */
  TRUSTED_PROXIES: z
    .string()
    .refine((ranges) => proxiesIn(ranges) !== null, {
      error: 'must be addresses or ranges such as 10.1.0.0/16, separated by commas',
    })
    .optional(),
});

/** What the publication is called and where it stands. */
export interface Site {
  readonly name: string;
  readonly language: string;
  readonly timeZone: string;
  /** Origin of every absolute address, without a slash at its end. */
  readonly url: string;
  /** Template of an article's address. */
  readonly articlePath: string;
  /** Whether the paper can be read here as pages. */
  readonly pages: boolean;
  readonly comments: CommentPolicy;
}

/** How the publication takes comments. */
export interface CommentPolicy {
  /** Whether they wait for a moderator. */
  readonly holds: boolean;
  /** For how many days after its publication a piece takes them; null for ever. */
  readonly openDays: number | null;
  /** Who is asked whether one is spam; null for nobody. */
  readonly spamHook: URL | null;
}

function headerIn(line = ''): Record<string, string> {
  const [, name, value] = /^([^:]+): *(.*)$/.exec(line) ?? [];
  return name === undefined || value === undefined ? {} : { [name]: value };
}

/** Whose JWTs are accepted, and where in them the role stands. */
export interface OidcConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly roleClaim: string;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string | undefined;
  /** The same database past a pooler, where there is one. */
  readonly databaseDirectUrl: string | undefined;
  /** Standbys that answers to anyone are read from. */
  readonly replicaUrls: readonly string[];
  readonly dataFolder: string;
  readonly logLevel: z.infer<typeof Environment>['LOG_LEVEL'];
  readonly newsroom: 'sample' | 'off';
  /** How many bytes of answers are kept in memory; 0 for none. */
  readonly keptBytes: number;
  /** How many bytes of rows. */
  readonly keptRowBytes: number;
  /** Where a cache in front is told what to forget, and what proves there that we may. */
  readonly purge: { url: URL; headers: Record<string, string> } | undefined;
  /** A folder of documents that clients may name, besides our own. */
  readonly documentsFolder: string | undefined;
  readonly oidc: OidcConfig | undefined;
  readonly adminToken: string | undefined;
  /** Which addresses the service may ask: the public ones, and those inside that it was told of. */
  readonly mayReach: MayReach;
  readonly webhookLogDays: number;
  /** Who may say in `X-Forwarded-For` for whom it asks. */
  readonly isProxy: IsProxy;
  /** Whether who brings neither a token nor a key is answered nothing but documents that are known. */
  readonly knownOnly: boolean;
  /** What one operation may cost. */
  readonly costLimit: number;
  /** What the operations of one viewer may cost a minute; 0 for as much as they like. */
  readonly costPerMinute: number;
  /** How much is worked on at once; absent for all that comes. */
  readonly admission: AdmissionOptions | undefined;
  /** For how many seconds what anyone may read may be shown while the database is away. */
  readonly staleIfError: number;
  /** Whose pages may read answers; nobody's but our own when absent. */
  readonly corsOrigins: CorsOrigins | undefined;
  /** How long a query may take. */
  readonly querySeconds: number;
  /** How long a service that is told to stop goes on answering. */
  readonly drainSeconds: number;
  /** How requests are traced; absent where they are not. */
  readonly tracing: TracingConfig | undefined;
  readonly site: Site;
}

/** The environment cannot be used; the message names every bad variable at once. */
export class BadEnvironment extends ForPeople {
  constructor(problems: readonly string[]) {
    super(
      `The environment is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}\nSee README.md, “Configuration”.`,
    );
    this.name = 'BadEnvironment';
  }
}

/** The configuration that `environment` holds. Empty variables count as unset. Throws {@link BadEnvironment}. */
export function configFrom(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const unknown = Object.keys(given).filter((key) => key.startsWith('DATELINE_') && !(key in Environment.shape));
  const problems = unknown.map((key) => `${key}: is not a variable of Dateline`);
  const parsed = Environment.safeParse(given);
  if (!parsed.success)
    problems.push(...parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  if (given['OIDC_ISSUER'] && !given['OIDC_AUDIENCE']) {
    problems.push('OIDC_AUDIENCE: must be set with OIDC_ISSUER, so that tokens for other programs are not taken');
  }
  if (given['OIDC_AUDIENCE'] && !given['OIDC_ISSUER']) problems.push('OIDC_ISSUER: must be set with OIDC_AUDIENCE');
  if (given['PURGE_HEADER'] && !given['PURGE_URL']) problems.push('PURGE_URL: must be set with PURGE_HEADER');
  if (given['DATABASE_REPLICA_URLS'] && !given['DATABASE_URL'])
    problems.push('DATABASE_URL: must be set with DATABASE_REPLICA_URLS, whose standbys follow it');
  if (given['PURGE_URL'] && given['DATELINE_CACHE'] === 'off') problems.push('PURGE_URL: needs DATELINE_CACHE');
  const { COST_LIMIT: limit = 0, COST_PER_MINUTE: perMinute = 0 } = parsed.data ?? {};
  if (perMinute > 0 && perMinute < limit) {
    problems.push(`COST_PER_MINUTE: must be 0, or at least COST_LIMIT, which is ${limit}`);
  }
  if (!parsed.success || problems.length > 0) throw new BadEnvironment(problems);

  const env = parsed.data;
  return {
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL,
    databaseDirectUrl: env.DATABASE_DIRECT_URL,
    replicaUrls: env.DATABASE_REPLICA_URLS ?? [],
    dataFolder: env.DATA_DIR,
    logLevel: env.LOG_LEVEL,
    newsroom: env.DATELINE_NEWSROOM,
    documentsFolder: env.DATELINE_DOCUMENTS,
    keptBytes: env.DATELINE_CACHE === 'on' ? env.DATELINE_CACHE_MEGABYTES * 1e6 : 0,
    keptRowBytes: env.DATELINE_ROWS_MEGABYTES * 1e6,
    purge: env.PURGE_URL && { url: env.PURGE_URL, headers: headerIn(env.PURGE_HEADER) },
    oidc:
      env.OIDC_ISSUER === undefined || env.OIDC_AUDIENCE === undefined
        ? undefined
        : { issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE, roleClaim: env.OIDC_ROLE_CLAIM },
    adminToken: env.DATELINE_ADMIN_TOKEN,
    mayReach:
      (env.WEBHOOK_ALLOW_PRIVATE === undefined ? null : reachable(env.WEBHOOK_ALLOW_PRIVATE)) ?? isPublicAddress,
    webhookLogDays: env.WEBHOOK_LOG_DAYS,
    isProxy: (env.TRUSTED_PROXIES === undefined ? null : proxiesIn(env.TRUSTED_PROXIES)) ?? (() => false),
    knownOnly: env.PERSISTED_ONLY === '1',
    costLimit: env.COST_LIMIT,
    costPerMinute: env.COST_PER_MINUTE,
    corsOrigins: env.CORS_ORIGINS,
    querySeconds: env.QUERY_TIMEOUT_SECONDS,
    staleIfError: env.STALE_IF_ERROR_SECONDS,
    drainSeconds: env.DRAIN_SECONDS,
    admission: admissionFrom(env),
    tracing: tracingFrom(env),
    site: {
      name: env.SITE_NAME,
      language: env.SITE_LANGUAGE,
      timeZone: env.SITE_TIMEZONE,
      url: env.PUBLIC_URL ?? `http://${env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST}:${env.PORT}`,
      articlePath: env.ARTICLE_PATH,
      pages: env.SITE === 'on',
      comments: {
        holds: env.COMMENTS_HOLD === 'on',
        openDays: env.COMMENTS_OPEN_DAYS ?? null,
        spamHook: env.COMMENTS_SPAM_HOOK === undefined ? null : new URL(env.COMMENTS_SPAM_HOOK),
      },
    },
  };
}

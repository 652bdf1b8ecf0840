import { z } from 'zod';
import { isToken } from './access/tokens.js';

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
  .refine((path) => !/^\/(section|author|tag|graphql|feeds)\b/.test(path), {
    error: 'must not begin with /section, /author, /tag, /graphql or /feeds, which have other pages',
  });

const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, { error: 'must be a postgres:// URL; leave it unset for the embedded database' });

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
  /** Folder of the embedded database. */
  DATA_DIR: z.string().min(1).default('.data'),
  SITE_NAME: z.string().min(1).default('Dateline'),
  SITE_LANGUAGE: language.default('en'),
  SITE_TIMEZONE: timeZone.default('UTC'),
  ARTICLE_PATH: articlePath.default('/{yyyy}/{mm}/{dd}/{slug}/'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** What an empty database is given. */
  DATELINE_NEWSROOM: z.enum(['sample', 'off']).default('sample'),
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
  readonly dataFolder: string;
  readonly logLevel: z.infer<typeof Environment>['LOG_LEVEL'];
  readonly newsroom: 'sample' | 'off';
  readonly oidc: OidcConfig | undefined;
  readonly adminToken: string | undefined;
  readonly site: Site;
}

/** The environment cannot be used; the message names every bad variable at once. */
export class BadEnvironment extends Error {
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
  if (!parsed.success || problems.length > 0) throw new BadEnvironment(problems);

  const env = parsed.data;
  return {
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL,
    dataFolder: env.DATA_DIR,
    logLevel: env.LOG_LEVEL,
    newsroom: env.DATELINE_NEWSROOM,
    oidc:
      env.OIDC_ISSUER === undefined || env.OIDC_AUDIENCE === undefined
        ? undefined
        : { issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE, roleClaim: env.OIDC_ROLE_CLAIM },
    adminToken: env.DATELINE_ADMIN_TOKEN,
    site: {
      name: env.SITE_NAME,
      language: env.SITE_LANGUAGE,
      timeZone: env.SITE_TIMEZONE,
      url: env.PUBLIC_URL ?? `http://${env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST}:${env.PORT}`,
      articlePath: env.ARTICLE_PATH,
    },
  };
}

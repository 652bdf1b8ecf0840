import { z } from 'zod';

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
  .refine((path) => [...path.matchAll(/\{(\w*)\}/g)].every(([, part]) => /^(yyyy|mm|dd|slug|section)$/.test(part ?? '')), {
    error: 'may only contain {yyyy}, {mm}, {dd}, {slug} and {section}',
  })
  .refine((path) => !/^\/(section|author|tag|graphql|feeds)\b/.test(path), {
    error: 'must not begin with /section, /author, /tag, /graphql or /feeds, which have other pages',
  });

const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, { error: 'must be a postgres:// URL; leave it unset for the embedded database' });

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

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
  readonly logLevel: z.infer<typeof Environment>['LOG_LEVEL'];
  readonly newsroom: 'sample' | 'off';
  readonly site: Site;
}

/** The environment cannot be used; the message names every bad variable at once. */
export class BadEnvironment extends Error {
  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}\nSee README.md, “Configuration”.`);
    this.name = 'BadEnvironment';
  }
}

/** The configuration that `environment` holds. Empty variables count as unset. Throws {@link BadEnvironment}. */
export function configFrom(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const unknown = Object.keys(given).filter((key) => key.startsWith('DATELINE_') && !(key in Environment.shape));
  const problems = unknown.map((key) => `${key}: is not a variable of Dateline`);
  const parsed = Environment.safeParse(given);
  if (!parsed.success) problems.push(...parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  if (!parsed.success || problems.length > 0) throw new BadEnvironment(problems);

  const env = parsed.data;
  return {
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL,
    dataFolder: env.DATA_DIR,
    logLevel: env.LOG_LEVEL,
    newsroom: env.DATELINE_NEWSROOM,
    site: {
      name: env.SITE_NAME,
      language: env.SITE_LANGUAGE,
      timeZone: env.SITE_TIMEZONE,
      url: env.PUBLIC_URL ?? `http://${env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST}:${env.PORT}`,
      articlePath: env.ARTICLE_PATH,
    },
  };
}

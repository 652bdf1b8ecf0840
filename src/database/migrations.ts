import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import type { MigrationReport, SchemaStanding } from './database.js';

const prismaFolder = fileURLToPath(new URL('../../prisma/', import.meta.url));
const everything = { externalTables: [], externalEnums: [] };

interface EngineModule {
  SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

let engineModule: Promise<EngineModule> | undefined;

/** Prisma's schema engine as WebAssembly: the one that writes `_prisma_migrations`, without a binary to download. */
async function loadEngine(): Promise<EngineModule> {
  const engine = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as EngineModule &
    WebAssembly.ModuleImports;
  const main = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const bytes = await readFile(path.join(path.dirname(main), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': withIdleTimers(engine) });
  engine.__wbg_set_wasm(instance.exports);
  // Sets up the table of JavaScript values; without it the engine reads the wrong ones.
  const { __wbindgen_start: start } = instance.exports;
  if (typeof start === 'function') (start as () => void)();
  return engine;
}

/** The engine never takes back its ten-second limit on a lock, which would hold the process that long after its work. */
const withIdleTimers = (imports: WebAssembly.ModuleImports): WebAssembly.ModuleImports =>
  Object.fromEntries(
    Object.entries(imports).map(([name, value]) =>
      name.startsWith('__wbg_setTimeout_')
        ? [name, (work: () => void, ms: number) => setTimeout(work, ms >>> 0).unref()]
        : [name, value],
    ),
  );

async function withEngine<Result>(
  factory: SqlMigrationAwareDriverAdapterFactory,
  work: (engine: SchemaEngine, schema: [string, string]) => Promise<Result>,
): Promise<Result> {
  const { SchemaEngine } = await (engineModule ??= loadEngine());
  const schema: [string, string] = ['schema.prisma', await readFile(path.join(prismaFolder, 'schema.prisma'), 'utf8')];
  const engine = await SchemaEngine.new(
    { datamodels: [schema] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(factory),
  );
  try {
    return await work(engine, schema);
  } finally {
    engine.free();
  }
}

async function migrationList(): Promise<MigrationList> {
  const baseDir = path.join(prismaFolder, 'migrations');
  const entries = await readdir(baseDir, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.sort().map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: await readFile(path.join(baseDir, name, 'migration.sql'), 'utf8') },
      },
    })),
  );
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories,
  };
}

export async function applyMigrations(factory: SqlMigrationAwareDriverAdapterFactory): Promise<MigrationReport> {
  const migrationsList = await migrationList();
  const { appliedMigrationNames } = await withEngine(factory, (engine) =>
    engine.applyMigrations({ migrationsList, filters: everything }),
  );
  return { applied: appliedMigrationNames };
}

/** What takes away what an older program needs is called so; all others only add (held by tests/unit/safety.test.ts). */
const takesAway = (name: string): boolean => /^\d{14}_remove_/.test(name);

/** Names in the database against names on disk: whether a newer program has been here, and what it has left for this one. */
export async function compareMigrations(appliedNames: readonly string[]): Promise<SchemaStanding> {
  const known = (await migrationList()).migrationDirectories.map((directory) => directory.path);
  const unknown = appliedNames.filter((name) => !known.includes(name));
  const missing = known.filter((name) => !appliedNames.includes(name));
  if (unknown.length > 0)
    return { state: unknown.some(takesAway) || missing.length > 0 ? 'ahead' : 'expanded', unknown };
  return missing.length > 0 ? { state: 'behind', missing } : { state: 'current' };
}

/** The SQL that would take an empty database, or the migrated one behind `factory`, to `schema.prisma`; empty when they agree. */
export async function schemaDifference(
  factory: SqlMigrationAwareDriverAdapterFactory,
  from: 'nothing' | 'migrations',
): Promise<string> {
  const migrations = await migrationList();
  const { stdout } = await withEngine(factory, (engine, [file, content]) =>
    engine.diff({
      from: from === 'nothing' ? { tag: 'empty' } : { tag: 'migrations', ...migrations },
      to: { tag: 'schemaDatamodel', files: [{ path: file, content }] },
      script: true,
      exitCode: false,
      filters: everything,
    }),
  );
  return stdout ?? '';
}

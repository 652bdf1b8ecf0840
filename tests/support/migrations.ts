import { readdir } from 'node:fs/promises';

/** The names of this program's migrations, in their order. */
export const migrationsOnDisk = async (): Promise<string[]> =>
  (await readdir(new URL('../../prisma/migrations', import.meta.url), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

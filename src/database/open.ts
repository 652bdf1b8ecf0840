import type { Database, DatabaseOptions } from './database.js';
import { openEmbedded } from './embedded.js';
import { openPostgres } from './postgres.js';

/** Opens the server at `databaseUrl`, or without one the embedded database in `dataFolder`. */
export function openDatabase(
  where: { databaseUrl: string | undefined; databaseDirectUrl?: string | undefined; dataFolder: string },
  options: DatabaseOptions = {},
): Promise<Database> {
  return where.databaseUrl === undefined
    ? openEmbedded(where.dataFolder, options)
    : openPostgres({ connectionString: where.databaseUrl }, { ...options, direct: where.databaseDirectUrl });
}

/** Opens a standby of the server, for reading. */
export const openReplica = (url: string, options: DatabaseOptions = {}): Promise<Database> =>
  openPostgres({ connectionString: url }, options);

import { type Config, configFrom } from '../config.js';
import { type Database, DatabaseUnusable } from '../database/database.js';
import { openDatabase } from '../database/open.js';

export interface Opened {
  config: Config;
  db: Database;
}

/**
 * Opens the database that `environment` names, ready for content: the embedded one is migrated here; a server is migrated
 * by `dateline migrate`, so that a new program does not change it by merely starting.
 */
export async function openReady(environment: NodeJS.ProcessEnv): Promise<Opened> {
  const config = configFrom(environment);
  const db = await openDatabase(config);
  try {
    await makeReady(db);
    return { config, db };
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** Throws {@link DatabaseUnusable} where the schema is not the one this program was written for. */
export async function makeReady(db: Database): Promise<void> {
  let standing = await db.standing();
  if (standing.state === 'behind' && db.kind === 'embedded') {
    await db.migrate();
    standing = await db.standing();
  }
  if (standing.state === 'ahead') {
    throw new DatabaseUnusable(
      `The database is newer than this program: it has the migration ${standing.unknown.at(-1)}. Start the newer Dateline that made it.`,
    );
  }
  if (standing.state === 'behind') {
    throw new DatabaseUnusable(
      `The database lacks ${standing.missing.length} migrations of this program. Run \`dateline migrate\` first.`,
    );
  }
}

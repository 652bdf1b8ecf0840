import { setTimeout as pause } from 'node:timers/promises';
import { type Config, configFrom } from '../config.js';
import { adoptLog } from '../content/change/store.js';
import { adoptPlaces } from '../content/webhook/outbox.js';
import { type Database, type DatabaseOptions, DatabaseUnusable } from '../database/database.js';
import { openDatabase } from '../database/open.js';

const attemptsAsGuest = 3;
const patienceMs = 20_000;
const lookEveryMs = 200;

export interface Opened {
  config: Config;
  db: Database;
}

/**
 * Opens the database that `environment` names, ready for content: the embedded one is migrated here; a server is migrated
 * by `dateline migrate`, so that a new program does not change it by merely starting.
 */
export async function openReady(environment: NodeJS.ProcessEnv, options: DatabaseOptions = {}): Promise<Opened> {
  return openAnd(
    environment,
    async (db) => {
      await makeReady(db);
      await adoptPlaces(db);
      await adoptLog(db);
    },
    options,
  );
}

/**
 * Opens the database that `environment` names and does `first` there. When the process that let this one in ends meanwhile,
 * killed perhaps, both are done again: whatever `first` is must bear that.
 */
export async function openAnd(
  environment: NodeJS.ProcessEnv,
  first: (db: Database) => Promise<void>,
  options: DatabaseOptions = {},
): Promise<Opened> {
  const config = configFrom(environment);
  for (let attempt = 1; ; attempt += 1) {
    const db = await openDatabase(config, options);
    try {
      await first(db);
      return { config, db };
    } catch (error) {
      await db.close();
      if (db.kind !== 'guest' || error instanceof DatabaseUnusable || attempt === attemptsAsGuest) throw error;
    }
  }
}

/** Throws {@link DatabaseUnusable} where the schema is not the one this program was written for. */
export async function makeReady(db: Database): Promise<void> {
  let standing = await db.standing();
  if (standing.state === 'behind' && db.kind === 'embedded') {
    await db.migrate();
    standing = await db.standing();
  }
  // Who lets us in has opened the folder a moment ago, and may still be bringing it up.
  for (
    let waited = 0;
    standing.state === 'behind' && db.kind === 'guest' && waited < patienceMs;
    waited += lookEveryMs
  ) {
    await pause(lookEveryMs);
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

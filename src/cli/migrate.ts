import { configFrom } from '../config.js';
import { openDatabase } from '../database/open.js';

/** Brings the database up to this program's migrations. */
export async function migrateCommand(): Promise<0> {
  const db = await openDatabase(configFrom(process.env));
  try {
    const { applied } = await db.migrate();
    for (const name of applied) process.stdout.write(`applied ${name}\n`);
    if (applied.length === 0) process.stdout.write('The database is up to date.\n');
    return 0;
  } finally {
    await db.close();
  }
}

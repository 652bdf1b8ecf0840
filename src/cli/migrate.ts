import { openAnd } from './open.js';

/** Brings the database up to this program's migrations. */
export async function migrateCommand(): Promise<0> {
  let applied: string[] = [];
  const { db } = await openAnd(process.env, async (opened) => {
    applied = (await opened.migrate()).applied;
  });
  await db.close();
  for (const name of applied) process.stdout.write(`applied ${name}\n`);
  if (applied.length === 0) process.stdout.write('The database is up to date.\n');
  return 0;
}

import { existsSync, statSync } from 'node:fs';
import { configFrom } from '../config.js';
import { restoreBackup, takeBackup } from '../database/backup.js';
import { DatabaseUnusable } from '../database/database.js';
import { pglitePlace, restoredPlace } from '../database/embedded.js';
import { isDiskFull } from '../database/presence.js';
import { openAnd } from './open.js';
import { programVersion } from './version.js';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function embeddedFolder(environment: NodeJS.ProcessEnv, instead: string): string {
  const { databaseUrl, dataFolder } = configFrom(environment);
  if (databaseUrl === undefined) return dataFolder;
  throw new DatabaseUnusable(
    `DATABASE_URL names a PostgreSQL server, which has tools of its own: use ${instead}, as docs/operating.md says.`,
  );
}

const noRoomFor = (file: string, cause: unknown): DatabaseUnusable =>
  new DatabaseUnusable(
    `There is no room for ${file} and the copy that it is packed from. No backup was written; one of that name is as it was.`,
    { cause },
  );

/** Writes the embedded database to `file` as it stands at one moment, whether or not a service runs on it. */
export async function backupCommand(environment: NodeJS.ProcessEnv, file: string): Promise<0> {
  const dataFolder = embeddedFolder(environment, 'pg_dump');
  if (!existsSync(pglitePlace(dataFolder)) && !existsSync(restoredPlace(dataFolder))) {
    throw new DatabaseUnusable(`There is no database in the folder ${dataFolder}. Name another in DATA_DIR.`);
  }
  // As it is: a backup before an upgrade must not be an upgrade.
  const { db } = await openAnd(environment, () => Promise.resolve());
  try {
    const taking = takeBackup(db, { dataFolder, file, program: programVersion(), now: new Date() });
    const { bytes } = await taking.catch((error: unknown) => {
      throw isDiskFull(error) ? noRoomFor(file, error) : error;
    });
    process.stdout.write(`${file}: ${megabytes(bytes)} of data in ${megabytes(statSync(file).size)}.\n`);
  } finally {
    await db.close();
  }
  return 0;
}

export interface RestoreCommand {
  replace?: boolean;
}

/** Puts a backup into the data folder. */
export async function restoreCommand(
  environment: NodeJS.ProcessEnv,
  file: string,
  { replace = false }: RestoreCommand,
): Promise<0> {
  const dataFolder = embeddedFolder(environment, 'pg_restore');
  const { manifest, setAside } = await restoreBackup(file, { dataFolder, replace, now: new Date() });
  process.stdout.write(
    `${dataFolder} is as it was at ${manifest.takenAt} (Dateline ${manifest.program}, ${megabytes(manifest.bytes)}).\n`,
  );
  if (setAside !== null) process.stdout.write(`What was there stands in ${setAside}; delete it when all is well.\n`);
  return 0;
}

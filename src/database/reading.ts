import type { Database } from './database.js';
import type { Sql } from './sql.js';

/** `database` for as long as `signal` does not say that nobody waits for its answers. Writing is never broken off. */
export function readingUntil(database: Database, signal: AbortSignal): Database {
  // Inherited, not copied: whatever looks at a part of it is noted there.
  const reading = Object.create(database) as Database;
  return Object.assign(reading, {
    rows: (statement: Sql) => database.rows(statement, signal),
    read: ((statement, dependsOn) => database.read(statement, dependsOn, signal)) as Database['read'],
  });
}

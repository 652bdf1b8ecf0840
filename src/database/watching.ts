import type { Database, Transaction } from './database.js';
import type { Watch } from './watch.js';

/** `database` with `watch` around each statement that goes to it. */
export function watched(database: Database, watch: Watch): Database {
  // Inherited, not copied: whatever looks at a part of it is noted there.
  const watching = Object.create(database) as Database;
  const parts: Partial<Database> = {
    rows: (statement, signal) => watch(statement.text, () => database.rows(statement, signal)),
    read: (statement, dependsOn, signal) => watch(statement.text, () => database.read(statement, dependsOn, signal)),
    send: (text, values) => watch(text, () => database.send(text, values)),
    transaction: (work, options) => database.transaction((tx) => work(within(tx, watch)), { ...options, watch }),
  };
  return Object.assign(watching, parts);
}

/** What Prisma sends is watched where it leaves for the driver: see `transaction` in connect.ts. */
const within = (tx: Transaction, watch: Watch): Transaction => ({
  prisma: tx.prisma,
  rows: (statement) => watch(statement.text, () => tx.rows(statement)),
  read: (statement, dependsOn) => watch(statement.text, () => tx.read(statement, dependsOn)),
  send: (text, values) => watch(text, () => tx.send(text, values)),
});

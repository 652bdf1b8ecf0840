import type { Database, Transaction } from './database.js';

/** Sends a statement for whoever wants to know of it: how long it took, for whom it was. */
export type Watch = <Result>(text: string, send: () => Promise<Result>) => Promise<Result>;

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

/** How many statements were sent for one thing, and how long they took, one after the other or at once. */
export class Tally {
  statements = 0;
  ms = 0;

  readonly watch: Watch = async (_text, send) => {
    const began = performance.now();
    try {
      return await send();
    } finally {
      this.statements += 1;
      this.ms += performance.now() - began;
    }
  };
}

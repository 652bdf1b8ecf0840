import type { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/** The first bytes of messages after which a client waits for an answer (PostgreSQL, Frontend/Backend Protocol, 53.7). */
const query = 0x51;
const sync = 0x53;
const terminate = 0x58;

/** A message that begins with a letter, an untyped one being the first of a connection. */
const isTyped = (letter: number): boolean => letter >= 0x41;

const syncMessage = Uint8Array.of(sync, 0, 0, 0, 4);
const rollbackMessage = Uint8Array.of(query, 0, 0, 0, 13, ...Buffer.from('rollback\0'));

/** A guest that has begun a statement sends the rest of it at once, unless it is no more. */
const finishesWithinMs = 5000;

/** What a PGLiteSocketServer asks of the database it lets guests into. */
type ForGuests = Pick<PGlite, 'waitReady' | 'exec' | 'execProtocolRawStream' | 'runExclusive' | 'isInTransaction'>;

/**
 * `pglite` as guests are let into it. All who use it are one session: what one sends while another's transaction is open would
 * be part of that, and lost when it is rolled back. The socket's server hands on message by message and knows of guests alone;
 * here a guest's statement, or its transaction, has the database to itself from its first message to its last.
 */
function forGuests(pglite: PGlite, idleMs: number): ForGuests {
  let giveBack: (() => void) | null = null;
  let watch: NodeJS.Timeout | undefined;

  /** Waits until no statement and no transaction of the process itself is under way. */
  const takeTurn = () =>
    new Promise<() => void>((taken, failed) => {
      pglite._runExclusiveTransaction(() => new Promise<void>((over) => taken(over))).catch(failed);
    });

  function endTurn(): void {
    clearTimeout(watch);
    giveBack?.();
    giveBack = null;
  }

  async function breakOff(): Promise<void> {
    if (!giveBack) return;
    try {
      await pglite.runExclusive(async () => {
        await pglite.execProtocolRaw(syncMessage);
        if (pglite.isInTransaction()) await pglite.execProtocolRaw(rollbackMessage);
      });
    } finally {
      endTurn();
    }
  }

  /** Who is gone in the middle of what it said must not keep the database from everybody else. */
  function watchOver(): void {
    clearTimeout(watch);
    const patience = pglite.isInTransaction() ? 2 * idleMs : finishesWithinMs;
    watch = setTimeout(() => void breakOff(), patience).unref();
  }

  let isAtEnd = false;
  return {
    waitReady: pglite.waitReady,
    // Asked by the server to find out whose turn it is.
    isInTransaction: () => giveBack !== null,
    // Sent by the server, to end what a guest that has gone had begun.
    async exec() {
      await breakOff();
      return [];
    },
    async execProtocolRawStream(message, options) {
      const letter = message[0] ?? 0;
      isAtEnd = letter === query || letter === sync || letter === terminate || !isTyped(letter);
      await pglite.execProtocolRawStream(message, options);
    },
    async runExclusive(send) {
      giveBack ??= await takeTurn();
      clearTimeout(watch);
      try {
        return await pglite.runExclusive(send);
      } finally {
        if (isAtEnd && !pglite.isInTransaction()) endTurn();
        else watchOver();
      }
    },
  };
}

/** Lets other processes in by a socket, one at a time; who says nothing for `idleMs` gives the place to the next. */
export async function openDoor(pglite: PGlite, path: string, idleMs: number): Promise<PGLiteSocketServer> {
  // It asks for no more than it is given.
  const db = forGuests(pglite, idleMs) as PGlite;
  const door = new PGLiteSocketServer({ db, path, idleTimeout: idleMs });
  await door.start();
  return door;
}

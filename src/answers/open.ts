import type { Logger } from 'pino';
import type { Database } from '../database/database.js';
import type { Presence } from '../database/presence.js';
import { Answers } from './answers.js';
import { Coherence } from './coherence.js';
import { AnswerMemory, type Sized } from './memory.js';
import type { Replicas } from '../database/replicas.js';
import { type Purge, Purging } from './purging.js';
import { KeptRowMemory, type KeptRows } from './rows.js';

export interface Memories {
  /** Answers to anyone; none are kept when absent. */
  readonly answers?: Answers;
  /** The same database, with rows in memory. */
  readonly db: Database;
  close(): Promise<void>;
}

export interface MemoriesOptions {
  db: Database;
  clock: () => Date;
  log: Logger;
  /** Reaches a cache in front. */
  purge?: Purge | undefined;
  /** How much of answers is kept, in bytes. */
  answerBytes: number;
  /** How much of rows. */
  rowBytes: number;
  /** For how long answers are given while the database is away. */
  staleSeconds?: number | undefined;
  /** Standbys that answers to anyone are read from. */
  replicas?: Replicas | undefined;
  /** Is told whether the database answers. */
  presence?: Presence | undefined;
}

/** Memories of answers and of rows, kept true to `db` until they are closed; so is a cache in front that `purge` reaches. */
export async function openMemories(options: MemoriesOptions): Promise<Memories> {
  const { db, clock, log, purge, answerBytes, rowBytes, staleSeconds, presence, replicas } = options;
  const ofAnswers = answerBytes > 0 ? new AnswerMemory<Sized>(answerBytes, true) : undefined;
  const ofRows = rowBytes > 0 ? new AnswerMemory<KeptRows>(rowBytes) : undefined;
  const memories = [ofRows, ofAnswers, replicas].filter((memory) => memory !== undefined);
  if (memories.length === 0 && !presence) return { db, close: () => Promise.resolve() };
  const purging = purge && new Purging({ purge, log });
  const coherence = new Coherence(db, memories, clock, log, purging, presence);
  await coherence.start();
  const read = replicas ? db.readingFrom(replicas.over(db, coherence)) : db;
  return {
    ...(ofAnswers ? { answers: new Answers(ofAnswers, coherence, clock, staleSeconds) } : {}),
    db: ofRows ? read.remembering(new KeptRowMemory(ofRows, coherence, clock)) : read,
    async close() {
      await coherence.stop();
      await purging?.close();
    },
  };
}

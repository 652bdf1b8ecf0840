import { Reads } from '../database/dependencies.js';
import { isDatabaseAway } from '../database/presence.js';
import type { AnswerMemory, Making, Sized } from './memory.js';

/** Whether a memory of answers is true at this moment (see Coherence). */
export interface Currency {
  readonly isCurrent: boolean;
  caughtUp(): Promise<boolean>;
}

/** What is known while it is not. */
export interface Standing extends Currency {
  /** Whether the database is known not to answer. */
  readonly isAway: boolean;
  /** How long ago everything in memory was last known to be true. */
  readonly unheardMs: number;
}

/** An answer, and for how many seconds nobody could say whether it is still true; null where it is. */
export interface Given<Answer> {
  readonly answer: Answer;
  readonly staleSeconds: number | null;
}

/** For how long kept answers are shown while the database is away, where nothing else is configured. */
export const usualStaleSeconds = 3600;

/** What was made of a request: the answer to give now, and it again to keep, where it can be. */
export interface Made<Answer> {
  readonly answer: Answer;
  readonly keep: boolean;
}

/** Under which an answer is kept: its meaning, and the letters of the request that meant it. */
export interface AnswerKeys {
  readonly meaning: string;
  readonly request: string;
}

/** Answers that are the same for anyone, made once and given again for as long as they are true. */
export class Answers {
  private readonly underway = new Map<string, { making: Making; made: Promise<Made<Sized>> }>();

  constructor(
    readonly memory: AnswerMemory<Sized>,
    private readonly currency: Standing,
    private readonly clock: () => Date,
    /** For how long answers are given that may not be true any more, while there is nobody to ask; 0 for never. */
    readonly mostStaleSeconds = usualStaleSeconds,
  ) {}

  /** Waits until everything committed before the call is known here. */
  caughtUp(): Promise<boolean> {
    return this.currency.caughtUp();
  }

  /** What is kept for a request of these letters, if that can be said without waiting. */
  atOnce(request: string): Given<Sized> | null {
    if (this.currency.isAway) return this.aside(request);
    if (!this.currency.isCurrent) return null;
    const found = this.memory.find(request, this.clock().getTime());
    if (!found) return null;
    this.memory.counts.hits += 1;
    return { answer: found, staleSeconds: null };
  }

  /** Whether a request of these letters, or of this meaning, can be answered from memory. */
  has(key: string): boolean {
    if (this.currency.isAway) return this.memory.findAside(key) !== null;
    return this.currency.isCurrent && this.memory.find(key, this.clock().getTime()) !== null;
  }

  /** What was true when the database was last heard of, unless that is too long ago. Rather nothing than what was retracted. */
  private aside<Answer extends Sized>(key: string): Given<Answer> | null {
    const seconds = this.currency.unheardMs / 1000;
    if (seconds >= this.mostStaleSeconds) this.memory.dropAside();
    const answer = this.memory.findAside(key);
    if (!answer) return null;
    this.memory.counts.stale += 1;
    return { answer: answer as Answer, staleSeconds: Math.ceil(seconds) };
  }

  /**
   * The answer that is kept, or the one that `make` makes; what it depends on goes into the reads it is given. All who ask for
   * one meaning must make it alike. Where it cannot be made because the database is away, the one that was true before.
   */
  async give<Answer extends Sized>(
    { meaning, request }: AnswerKeys,
    make: (reads: Reads, changesAt: () => number) => Promise<Made<Answer>>,
  ): Promise<Given<Answer>> {
    if (this.currency.isAway) {
      const aside = this.aside<Answer>(meaning);
      if (aside) return aside;
    }
    try {
      return await this.giveTrue({ meaning, request }, make);
    } catch (error) {
      const aside = isDatabaseAway(error) && !this.currency.isCurrent ? this.aside<Answer>(meaning) : null;
      if (aside) return aside;
      throw error;
    }
  }

  private async giveTrue<Answer extends Sized>(
    { meaning, request }: AnswerKeys,
    make: (reads: Reads, changesAt: () => number) => Promise<Made<Answer>>,
  ): Promise<Given<Answer>> {
    const isCurrent = this.currency.isCurrent || (await this.currency.caughtUp());
    const { memory } = this;
    const kept = isCurrent ? memory.find(meaning, this.clock().getTime()) : null;
    if (kept) {
      memory.counts.hits += 1;
      memory.alias(meaning, request);
      return { answer: kept as Answer, staleSeconds: null };
    }
    memory.counts.misses += 1;
    const other = this.underway.get(meaning);
    // One begun before something was told of may have read what stood before it.
    if (other?.making.missed.length === 0) return { answer: (await other.made).answer as Answer, staleSeconds: null };

    const making = memory.begin();
    const reads = new Reads();
    const made = make(reads, () => memory.changesAt(reads));
    const underway = { making, made };
    this.underway.set(meaning, underway);
    try {
      const { answer, keep } = await made;
      if (keep && isCurrent && memory.keep(making, meaning, answer, reads, this.clock().getTime())) {
        memory.alias(meaning, request);
      }
      return { answer, staleSeconds: null };
    } finally {
      memory.giveUp(making);
      if (this.underway.get(meaning) === underway) this.underway.delete(meaning);
    }
  }
}

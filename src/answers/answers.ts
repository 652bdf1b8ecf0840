import { Reads } from '../database/dependencies.js';
import type { AnswerMemory, Making, Sized } from './memory.js';

/** Whether a memory of answers is true at this moment (see Coherence). */
export interface Currency {
  readonly isCurrent: boolean;
  caughtUp(): Promise<boolean>;
}

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
    private readonly currency: Currency,
    private readonly clock: () => Date,
  ) {}

  /** Waits until everything committed before the call is known here. */
  caughtUp(): Promise<boolean> {
    return this.currency.caughtUp();
  }

  /** What is kept for a request of these letters, if that can be said without waiting. */
  atOnce(request: string): Sized | null {
    if (!this.currency.isCurrent) return null;
    const found = this.memory.find(request, this.clock().getTime());
    if (found) this.memory.counts.hits += 1;
    return found;
  }

  /**
   * The answer that is kept, or the one that `make` makes; what it depends on goes into the reads it is given. All who ask for
   * one meaning must make it alike.
   */
  async give<Answer extends Sized>(
    { meaning, request }: AnswerKeys,
    make: (reads: Reads, changesAt: () => number) => Promise<Made<Answer>>,
  ): Promise<Answer> {
    const isCurrent = this.currency.isCurrent || (await this.currency.caughtUp());
    const { memory } = this;
    const kept = isCurrent ? memory.find(meaning, this.clock().getTime()) : null;
    if (kept) {
      memory.counts.hits += 1;
      memory.alias(meaning, request);
      return kept as Answer;
    }
    memory.counts.misses += 1;
    const other = this.underway.get(meaning);
    // One begun before something was told of may have read what stood before it.
    if (other?.making.missed.length === 0) return (await other.made).answer as Answer;

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
      return answer;
    } finally {
      memory.giveUp(making);
      if (this.underway.get(meaning) === underway) this.underway.delete(meaning);
    }
  }
}

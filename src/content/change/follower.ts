import { Interrupted } from '../../graphql/event-stream.js';
import type { LiveEvent } from '../../graphql/events.js';
import type { ChangeRow } from './read.js';
import { isAfter, type LogPlace } from './rules.js';

/** What a subscriber is told of. */
export interface LiveChange extends Omit<ChangeRow, 'place'> {
  cursor: string;
  /** The sections it stands in, itself and those above it. */
  sections: readonly string[];
}

export type ChangeEvent = LiveEvent<LiveChange>;

export interface Told {
  place: LogPlace;
  event: ChangeEvent;
}

/** One who is told of changes as they come. */
export interface Follower extends AsyncIterableIterator<ChangeEvent> {
  tell(told: readonly Told[]): void;
  /** Ends it, for its client to come again. */
  interrupt(): void;
}

interface Sources {
  /** What stands after a place, some at a time; null where there is no such place. */
  read: (after: LogPlace) => Promise<Told[] | null>;
  left: () => void;
}

/** Who has so many events waiting does not read them: better to let it come again than to keep them for it. */
const mostWaiting = 500;

/**
 * Reads for itself up to where the log had been told when it came, and is told from there on. With `reached` null it always
 * reads for itself, whenever the others are told.
 */
export class Followed implements Follower {
  private waiting: ChangeEvent[] = [];
  private behind: ChangeEvent[] = [];
  private isBehind = true;
  private isOver = false;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  constructor(
    private place: LogPlace,
    private readonly reached: LogPlace | null,
    private readonly wanted: (change: LiveChange) => boolean,
    private readonly sources: Sources,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  tell(told: readonly Told[]): void {
    if (this.reached === null) this.isBehind = true;
    else for (const { event } of told) if (this.wanted(event.content)) this.waiting.push(event);
    if (this.waiting.length > mostWaiting) this.fail(new Error('a subscriber does not read what it is sent'));
    this.wake?.();
  }

  interrupt(): void {
    this.fail(new Interrupted());
  }

  /** Has it begin with what others were told already. */
  catchUp(told: readonly Told[]): void {
    this.behind.push(...told.map(({ event }) => event).filter(({ content }) => this.wanted(content)));
    this.isBehind = false;
  }

  /** Reads on where it is behind. False where there is no such place. */
  async readOn(): Promise<boolean> {
    const { reached } = this;
    if (reached === null) this.isBehind = false;
    const told = await this.sources.read(this.place);
    if (!told) return false;
    const mine = reached === null ? told : told.filter(({ place }) => !isAfter(place, reached));
    this.behind.push(...mine.map(({ event }) => event).filter(({ content }) => this.wanted(content)));
    this.place = mine.at(-1)?.place ?? this.place;
    if (reached === null) this.isBehind ||= told.length > 0;
    else if (mine.length === 0 || mine.length < told.length || !isAfter(reached, this.place)) this.isBehind = false;
    return true;
  }

  async next(): Promise<IteratorResult<ChangeEvent>> {
    for (;;) {
      if (this.failure) {
        const { failure } = this;
        await this.return();
        throw failure;
      }
      if (this.isOver) return { done: true, value: undefined };
      const event = this.behind.shift() ?? (this.isBehind ? undefined : this.waiting.shift());
      if (event) return { done: false, value: event };
      if (this.isBehind) await this.readOn();
      else {
        await new Promise<void>((resolve) => (this.wake = resolve));
        this.wake = null;
      }
    }
  }

  async return(): Promise<IteratorResult<ChangeEvent>> {
    this.isOver = true;
    this.failure = null;
    this.waiting = this.behind = [];
    this.sources.left();
    this.wake?.();
    return { done: true, value: undefined };
  }

  private fail(failure: Error): void {
    if (this.isOver) return;
    this.failure = failure;
    this.waiting = [];
    this.sources.left();
    this.wake?.();
  }
}

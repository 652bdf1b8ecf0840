/**
 * Turns of the loop of events, shared fairly: one piece of work must not keep all others waiting for as long as it takes. Who
 * does many small things one after the other asks before each whether this turn {@link isLong}, and goes on in the next.
 */

/** So long, in milliseconds, one turn goes on beginning what could be left to the next. */
const longMs = 5;

// As they are now: not as a test may replace them while it is in hand of the clock.
const { setImmediate } = globalThis;
const now = performance.now.bind(performance);

/** When somebody first asked in this turn; 0 while nobody has. */
let began = 0;
/** Which turn it is, of those that somebody asked in. */
let number = 0;
const waiting: (() => void)[] = [];
/** Which of those that wait is next. */
let next = 0;

/** The undertaking that was gone on with last in this turn. */
let current: Undertaking | null = null;

/** Whether what can be left to the next turn should be. */
export function isLong(): boolean {
  if (began !== 0) return now() - began > longMs;
  began = now();
  setImmediate(turn);
  return false;
}

/** Does `work` in a turn that is not long: after what was put off before it, and after what has come in meanwhile. */
export function putOff(work: () => void): void {
  waiting.push(work);
  isLong(); // there will be a next turn
}

/** Does `work` at once, or in the first turn that is not long. */
export async function inTime<Result>(work: () => Result): Promise<Result> {
  if (isLong()) await new Promise<void>(putOff);
  return work();
}

/** Does `work` with each of `items` in order, in as many turns as it takes that none is long. */
export async function eachInTime<Item>(items: readonly Item[], work: (item: Item) => void): Promise<void> {
  for (const item of items) {
    if (isLong()) await new Promise<void>(putOff);
    work(item);
  }
}

function turn(): void {
  began = 0;
  number += 1;
  current = null;
  goOn();
}

function goOn(): void {
  if (next === waiting.length) {
    next = waiting.length = 0;
    return;
  }
  if (isLong()) return;
  const work = waiting[next]!;
  next += 1;
  work();
  // What a promise leads to is part of the work: it comes before this.
  queueMicrotask(goOn);
}

/** Work of one purpose, parts of which may be put off. */
export class Undertaking {
  private turn = -1;
  private began = 0;
  private asked = 0;
  private left = 0;
  private readonly after: (() => void)[] = [];

  /** Whether it has had much of this turn itself; many that are short need not make way for each other. */
  get isLong(): boolean {
    this.asked += 1;
    // The clock is not free, and what is asked before takes microseconds.
    if (this.asked % 4 !== 0) return false;
    const isLate = isLong();
    if (this.turn === number) return isLate && now() - this.began > longMs;
    this.turn = number;
    this.began = now();
    return false;
  }

  putOff(work: () => void): void {
    this.left += 1;
    putOff(() => {
      this.left -= 1;
      work();
      if (this.left > 0) return;
      for (const act of this.after.splice(0)) this.afterAll(act);
    });
  }

  /** Does `act` when nothing of it is put off, and all has been asked for that is asked for in this turn. */
  afterAll(act: () => void): void {
    afterPromises(() => {
      if (this.left > 0) this.after.push(act);
      else act();
    });
  }
}

/** Notes that what is asked for from now on is asked for by `undertaking`. */
export function goingOnWith(undertaking: Undertaking): void {
  current = undertaking;
}

/**
 * Does `act` when all has been asked for that is asked for in this turn, as DataLoader does; where some of what the asker does has
 * been put off, when that is done: one statement reads then what is asked for in several turns.
 */
export function whenAllIsAsked(act: () => void): void {
  if (current) current.afterAll(act);
  else afterPromises(act);
}

const resolved = Promise.resolve();

function afterPromises(act: () => void): void {
  void resolved.then(() => process.nextTick(act));
}

/** How many requests are worked on at once, and what becomes of the others. */
export interface AdmissionOptions {
  /** So many are worked on at once. */
  readonly atOnce: number;
  /** So many wait for their turn, in the order they came; the next is sent away at once. */
  readonly waiting: number;
  /** No longer than so. */
  readonly longestWaitMs: number;
  /** Streams are opened again by many at a time, when an instance has ended: they wait so long instead, and are not counted. */
  readonly longestWaitForStreamsMs: number;
}

export const usualAdmission: AdmissionOptions = {
  atOnce: 16,
  waiting: 256,
  longestWaitMs: 1000,
  longestWaitForStreamsMs: 15_000,
};

interface Waiting {
  begin: () => void;
  timer: NodeJS.Timeout;
  isStream: boolean;
}

/** Who comes while there is more to do than can be done is told so soon, and the others are served as fast as ever. */
export class Admission {
  private inside = 0;
  private impatient = 0;
  private readonly queue = new Set<Waiting>();

  constructor(private readonly options: AdmissionOptions) {}

  /** How many are worked on. */
  get size(): number {
    return this.inside;
  }

  /** How many wait. */
  get waiting(): number {
    return this.queue.size;
  }

  /**
   * Calls `begin` when it is this one's turn, with what is to be called when it is done; or `refuse`. Answers what is called when
   * nobody waits for it any more.
   */
  enter(begin: (leave: () => void) => void, refuse: () => void, isStream = false): () => void {
    const { atOnce, waiting, longestWaitMs, longestWaitForStreamsMs } = this.options;
    const start = () => {
      this.inside += 1;
      let isInside = true;
      begin(() => {
        if (!isInside) return;
        isInside = false;
        this.inside -= 1;
        this.next();
      });
    };
    if (this.inside < atOnce) {
      start();
      return () => undefined;
    }
    if (!isStream && this.impatient >= waiting) {
      refuse();
      return () => undefined;
    }
    const timer = setTimeout(
      () => {
        this.drop(one);
        refuse();
      },
      isStream ? longestWaitForStreamsMs : longestWaitMs,
    );
    const one: Waiting = { begin: start, timer, isStream };
    this.queue.add(one);
    if (!isStream) this.impatient += 1;
    return () => this.drop(one);
  }

  private next(): void {
    for (const one of this.queue) {
      this.drop(one);
      one.begin();
      return;
    }
  }

  private drop(one: Waiting): void {
    if (!this.queue.delete(one)) return;
    clearTimeout(one.timer);
    if (!one.isStream) this.impatient -= 1;
  }
}

/** What of a request can be read without its body; a `Request` is one. */
export interface RequestHead {
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  readonly headers: {
    /** By a name in lower case; null where there is none. */
    get(name: string): string | null;
    has(name: string): boolean;
  };
  readonly signal: Departure;
}

/** Tells when whoever asks has gone before they were answered; an `AbortSignal` does. */
export interface Departure {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** An answer as it goes out: header names in lower case. */
export interface Outgoing {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer | string | null;
}

export const plainText = (status: number, text: string, headers: Record<string, string> = {}): Outgoing => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
  body: text,
});

export const responseOf = ({ status, headers, body }: Outgoing): Response =>
  new Response(typeof body === 'string' || body === null ? body : new Uint8Array(body), { status, headers });

/** A request that came over a port, as one can be read without making a `Request` of it. */
export class Arrived implements RequestHead {
  readonly headers: RequestHead['headers'];

  constructor(
    readonly method: string,
    readonly url: string,
    given: Readonly<Record<string, string | string[] | undefined>>,
    readonly signal: Departure,
  ) {
    this.headers = {
      get(name) {
        const value = given[name];
        return value === undefined ? null : typeof value === 'string' ? value : value.join(', ');
      },
      has: (name) => given[name] !== undefined,
    };
  }
}

/** Whoever asks has gone when {@link leave} is called. */
export class Leaving implements Departure {
  private readonly listeners = new Set<() => void>();
  private hasLeft = false;

  get aborted(): boolean {
    return this.hasLeft;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.delete(listener);
  }

  leave(): void {
    this.hasLeft = true;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }
}

/** One server-sent event. */
export interface Sent {
  id: string | null;
  event: string;
  data: any;
}

/** What a stream has sent, read as it comes (HTML, section 9.2). */
export class Stream {
  readonly sent: Sent[] = [];
  isOver = false;
  private readonly reading: Promise<void>;
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(readonly response: Response) {
    this.reader = response.body!.getReader();
    this.reading = this.read();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for (;;) {
        const { value, done } = await this.reader.read();
        if (done) break;
        text += decoder.decode(value, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) this.take(block);
      }
    } catch {
      // Cut off: that is an end as well.
    }
    this.isOver = true;
  }

  private take(block: string): void {
    const fields = Object.fromEntries(
      block
        .split('\n')
        .filter((line) => /^\w+:/.test(line))
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    );
    if (!fields['event']) return;
    this.sent.push({
      id: fields['id'] ?? null,
      event: fields['event'],
      data: fields['data'] ? JSON.parse(fields['data']) : null,
    });
  }

  /** What it was told of the feed: kinds with the slugs of their pieces. */
  get told(): string[] {
    return this.sent
      .filter(({ event }) => event === 'next')
      .map(({ data }) => `${data.data.latestFeed.kind} ${data.data.latestFeed.path}`);
  }

  get last(): string | undefined {
    return this.sent.at(-1)?.id ?? undefined;
  }

  async until(isSo: (stream: this) => boolean, withinMs = 10_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!isSo(this)) {
      if (performance.now() > deadline)
        throw new Error(`not so within ${withinMs} ms; sent: ${JSON.stringify(this.sent)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async close(): Promise<void> {
    // A stream of Node's own is cancelled by who reads it; one of the service's, where no port is between, by itself.
    if (!this.isOver) void this.response.body?.cancel().catch(() => this.reader.cancel());
    await this.reading;
  }
}

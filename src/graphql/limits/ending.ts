import { setMaxListeners } from 'node:events';
import { type DocumentNode, getOperationAST, OperationTypeNode } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Departure } from '../../http/exchange.js';

/** How long a query may take where nothing else is configured. */
export const usualSeconds = 10;

/** An operation took longer than one may, and was stopped. */
export class TookTooLong extends Error {
  override name = 'TookTooLong';

  constructor(seconds?: number) {
    super(
      `This took longer than ${seconds === undefined ? 'it may' : `the limit of ${seconds} seconds`} and was stopped. ` +
        'Try again in a moment, or ask for less at once.',
    );
  }
}

/** Its client has gone: nobody is told. */
export class ClientGone extends Error {
  override name = 'ClientGone';
}

/** When an operation ends before it is done: after its time, or with its client. */
export class Ending {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly leave = () => this.controller.abort(new ClientGone('the client has gone'));

  constructor(
    private readonly client: Departure | null,
    private readonly seconds: number,
  ) {
    // Each statement that is under way listens, and ceases when it is answered.
    setMaxListeners(0, this.controller.signal);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get isClientGone(): boolean {
    return this.signal.reason instanceof ClientGone;
  }

  begin(): void {
    this.timer = setTimeout(() => this.controller.abort(new TookTooLong(this.seconds)), this.seconds * 1000).unref();
    if (this.client?.aborted) this.leave();
    else this.client?.addEventListener('abort', this.leave, { once: true });
  }

  /** The operation is done. */
  over(): void {
    clearTimeout(this.timer);
    this.client?.removeEventListener('abort', this.leave);
  }
}

/** Ends queries early. Writing is left to end by itself, within the limit of each statement: half of it helps nobody. */
export function useEnding(): Plugin<{ ending: Ending }> {
  return {
    onExecute({ args }) {
      const { ending } = args.contextValue;
      const { document, operationName } = args as { document: DocumentNode; operationName?: string };
      if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.QUERY) return;
      ending.begin();
      Object.assign(args, { signal: ending.signal });
      return {
        onExecuteDone({ result }) {
          if (isAsyncIterable(result)) return { onEnd: () => ending.over() };
          ending.over();
          return undefined;
        },
      };
    },
  };
}

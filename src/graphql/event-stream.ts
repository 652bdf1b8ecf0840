import { type FetchAPI as YogaFetchAPI, isAsyncIterable, type Plugin } from 'graphql-yoga';
import { type EventResult, place } from './events.js';

/** A stream ends here that goes on elsewhere, or later: its client is to come again. */
export class Interrupted extends Error {
  constructor() {
    super('The service is being stopped; connect again and go on from the last event.');
    this.name = 'Interrupted';
  }
}

const pingEveryMs = 12_000;
/** How soon a browser comes again. */
const comeAgainAfterMs = 1000;

const texts = new WeakMap<object, string>();

/** A result as JSON, written once for all who are sent it. */
export function jsonOf(result: EventResult): string {
  let text = texts.get(result);
  if (text === undefined) texts.set(result, (text = JSON.stringify(result)));
  return text;
}

/** An event as text (HTML, server-sent events). */
function textOf(result: EventResult): string {
  const id = result[place];
  return `${id === undefined ? '' : `id: ${id}\n`}event: next\ndata: ${jsonOf(result)}\n\n`;
}

/** Where the events of a stream come from. */
export interface EventSource {
  /** The next one, as text; null at the end. */
  readonly next: () => Promise<string | null>;
  /** Nobody listens any more. */
  readonly close: () => unknown;
}

/** Of the fetch API that the port sends by: streams of another kind cannot be ended by it. */
type FetchAPI = Pick<YogaFetchAPI, 'Response' | 'ReadableStream'>;

/** A stream of server-sent events. A client that does not take what it is sent is not written to meanwhile. */
export function eventStream({ next, close }: EventSource, { Response, ReadableStream }: FetchAPI): Response {
  const encoder = new TextEncoder();
  let ping: NodeJS.Timeout | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      send(`retry: ${comeAgainAfterMs}\n\n`);
      ping = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) send(':\n\n');
      }, pingEveryMs);
      ping.unref();
    },
    async pull(controller) {
      try {
        const text = await next();
        if (text !== null) {
          controller.enqueue(encoder.encode(text));
          return;
        }
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      clearInterval(ping);
    },
    async cancel() {
      clearInterval(ping);
      await close();
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that gather an answer before they pass it on would keep every event.
      'x-accel-buffering': 'no',
    },
  });
}

/** One operation’s results, with `complete` after the last. */
function eventsOf(results: AsyncIterable<EventResult>): EventSource {
  const iterator = results[Symbol.asyncIterator]();
  let isOver = false;
  return {
    async next() {
      if (isOver) return null;
      try {
        const { value, done } = (await iterator.next()) as IteratorResult<EventResult, undefined>;
        isOver = done === true;
        return value ? textOf(value) : 'event: complete\ndata:\n\n';
      } catch (error) {
        // Without `complete`, so that whoever listens connects again.
        if (error instanceof Interrupted) return null;
        throw error;
      }
    },
    close: () => iterator.return?.(),
  };
}

/**
 * Sends results as server-sent events, in the distinct connections mode of the graphql-sse protocol, each with the id that
 * `Last-Event-ID` brings back.
 */
export function useEventStream(): Plugin {
  const subscriptions = new WeakSet<Request>();
  return {
    onSubscribe({ args }) {
      subscriptions.add((args.contextValue as { request: Request }).request);
    },
    onResultProcess(processing) {
      const { request, result } = processing;
      if (!isAsyncIterable(result)) return;
      // Parts of one answer come so only to who takes them in no other way.
      const accept = request.headers.get('accept') ?? '';
      if (!subscriptions.has(request) && (/multipart\/mixed/i.test(accept) || !/text\/event-stream/i.test(accept)))
        return;
      processing.setResultProcessor(
        (results, fetchAPI) => eventStream(eventsOf(results as AsyncIterable<EventResult>), fetchAPI),
        'text/event-stream',
      );
    },
  };
}

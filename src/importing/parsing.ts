import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { parseBody, type ParseOptions, storable, type StorableBody } from '../content/article/body/parse.js';
import type { ParseRequest } from './body-worker.js';

export interface BodyToParse {
  html: string;
  options: ParseOptions;
}

/** Parses the bodies of a batch, in their order. */
export type ParseBodies = (bodies: readonly BodyToParse[]) => Promise<StorableBody[]>;

export const parseHere: ParseBodies = (bodies) =>
  Promise.resolve(bodies.map(({ html, options }) => storable(parseBody(html, options))));

/** What a tree takes while it is made is many times its text: no more HTML than so, in characters, is given to the thread at once. */
const mostAtOnce = 100_000;

/** `bodies` in their order, in parts of at most {@link mostAtOnce}. */
function inParts<Body extends { html: string }>(bodies: readonly Body[]): Body[][] {
  const parts: Body[][] = [];
  let length = Infinity;
  for (const body of bodies) {
    length += body.html.length;
    if (length > mostAtOnce) {
      parts.push([]);
      length = body.html.length;
    }
    parts.at(-1)!.push(body);
  }
  return parts;
}

const builtWorker = fileURLToPath(new URL('./body-worker.js', import.meta.url));

/**
 * Parses on a thread beside the one that stores, which is half of what an import costs. Very long bodies are
 * parsed here, and those with a gallery, whose pictures only the reader can look up; all are where there is no built program.
 */
export function parsingBeside(): { parse: ParseBodies; end: () => Promise<void> } {
  if (!existsSync(builtWorker)) return { parse: parseHere, end: () => Promise.resolve() };
  // Bodies are short-lived; without a bound the thread's heap would grow as far as the machine lets it.
  const worker = new Worker(builtWorker, {
    resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 },
  });
  const waiting = new Map<number, { resolve: (bodies: StorableBody[]) => void; reject: (error: Error) => void }>();
  let count = 0;
  worker.on('message', ({ number, bodies }: { number: number; bodies: StorableBody[] }) => {
    waiting.get(number)?.resolve(bodies);
    waiting.delete(number);
  });
  worker.on('error', (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });

  const parseThere = (bodies: ParseRequest['bodies']) =>
    new Promise<StorableBody[]>((resolve, reject) => {
      const number = (count += 1);
      waiting.set(number, { resolve, reject });
      worker.postMessage({ number, bodies } satisfies ParseRequest);
    });

  return {
    async parse(bodies) {
      const needsReader = (body: BodyToParse) =>
        body.options.resolveAttachment !== undefined && body.html.includes('[gallery');
      const there = bodies.filter((body) => body.html.length <= mostAtOnce && !needsReader(body));
      const parts = inParts(
        there.map(({ html, options: { resolveAttachment: _, ...options } }) => ({ html, options })),
      );
      const parsed = (await Promise.all(parts.map(parseThere))).flat();
      const byBody = new Map(there.map((body, index) => [body, parsed[index]!]));
      return bodies.map((body) => byBody.get(body) ?? storable(parseBody(body.html, body.options)));
    },
    end: async () => void (await worker.terminate()),
  };
}

import { parentPort } from 'node:worker_threads';
import { parseBody, type ParseOptions, storable } from '../content/article/body/parse.js';

/** What a batch asks of the thread that parses bodies; the pictures of galleries are looked up beforehand. */
export interface ParseRequest {
  number: number;
  bodies: { html: string; options: Omit<ParseOptions, 'resolveAttachment'> }[];
}

parentPort?.on('message', ({ number, bodies }: ParseRequest) => {
  // Trees go over as JSON: one string is handed on faster than its nodes, and is what is stored.
  parentPort?.postMessage({ number, bodies: bodies.map(({ html, options }) => storable(parseBody(html, options))) });
});

import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** What all documents that are kept may take, in bytes. Clients choose how many there are and how long. */
const mostBytes = 48e6;
/** One that takes more is parsed and planned again each time. */
const mostOfOne = 2e6;
/** What a token takes with its node, and its share of the plan: between 400 and 800 bytes, measured. */
const bytesOfToken = 800;

/**
 * Documents by their text, parsed; what is found out about one (its errors, price and plan) is kept as long as it is. Texts that
 * are no document are parsed again each time: there is no end of those.
 */
export function parsedDocuments() {
  const documentCache = new LRUCache<string, DocumentNode>({
    maxSize: mostBytes,
    maxEntrySize: mostOfOne,
    sizeCalculation: ({ tokenCount }, text) => 2 * text.length + bytesOfToken * (tokenCount ?? text.length),
  });
  const errorCache = { get: () => undefined, set: () => undefined };
  return { documentCache, errorCache };
}

import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

/** What all documents that are kept may take, in bytes. Clients choose how many there are and how long. */
const mostBytes = 32e6;
/** One that takes more is parsed and planned again each time. */
const mostOfOne = 2e6;
/** What a token takes with its node, and its share of the plan: between 400 and 800 bytes, measured. */
const bytesOfToken = 800;

/**
 * Documents by their text, parsed; what is found out about one (its price and plan) is kept as long as it is. Texts that are no
 * document are parsed again each time: there is no end of those.
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

/**
 * Forgets documents that ask for what there is not: an error holds where it was made, and with that all that was at work there,
 * which is 70 kB for a document of three tokens.
 */
export function useOnlyValid({ documentCache }: ReturnType<typeof parsedDocuments>): Plugin {
  return {
    onValidate: ({ params: { documentAST } }) => {
      return ({ valid }) => {
        const text = (documentAST as DocumentNode).loc?.source.body;
        if (!valid && text !== undefined) documentCache.delete(text);
      };
    },
  };
}

import { GraphQLError, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { mostTokens, refuseTooLarge, tooLarge } from './limits/extent.js';

export interface BoundedParsingOptions {
  maxTokens?: number;
}

/**
 * Refuses a document that is too large to be meant, in a client's words, before it costs anything. Once for each document:
 * Yoga keeps what parsing answered.
 */
export function useBoundedParsing({ maxTokens = mostTokens }: BoundedParsingOptions = {}): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string) => {
        try {
          const document = parse(source, { maxTokens });
          refuseTooLarge(document);
          return document;
        } catch (error) {
          if (error instanceof RangeError) throw new GraphQLError('The document is nested too deeply to be read.');
          if (error instanceof GraphQLError && error.message.endsWith('tokens. Parsing aborted.')) {
            throw tooLarge('tokens', maxTokens, 'more');
          }
          throw error;
        }
      });
    },
  };
}

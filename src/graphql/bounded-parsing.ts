import { GraphQLError, parse } from 'graphql';
import type { Plugin } from 'graphql-yoga';

export interface BoundedParsingOptions {
  /** Tokens in one document at most. Above 1,000 a document of brackets alone can exhaust the parser's stack. */
  maxTokens?: number;
}

/** Refuses a document that is too large to be meant, in a client's words, before it costs anything. */
export function useBoundedParsing({ maxTokens = 2000 }: BoundedParsingOptions = {}): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source: string) => {
        try {
          return parse(source, { maxTokens });
        } catch (error) {
          if (error instanceof RangeError) throw new GraphQLError('The document is nested too deeply to be read.');
          throw error;
        }
      });
    },
  };
}

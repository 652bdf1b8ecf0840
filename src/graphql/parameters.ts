import { GraphQLError } from 'graphql';
import { createGraphQLError, type GraphQLParams, type Plugin } from 'graphql-yoga';
import type { RequestHead } from '../http/exchange.js';

/** What a request says in its body or its address, besides what is in {@link GraphQLParams}. */
export type Parameters = GraphQLParams & { documentId?: unknown };

const refusal = (message: string, original?: unknown) =>
  createGraphQLError(message, {
    extensions: {
      code: 'BAD_REQUEST',
      // By the letter of GraphQL over HTTP, what cannot be read is 200 to who takes only `application/json`, where it is JSON.
      http: { status: 400, ...(original === undefined ? {} : { spec: true }) },
      ...(original instanceof Error ? { originalError: { name: original.name, message: original.message } } : {}),
    },
  });

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refusal(`${where} invalid JSON.`, error);
  }
}

/** What a request asks for, as it says it: by GET in its address, otherwise in `body`. Throws for what is no JSON object. */
export function parametersOf({ method, url }: Pick<RequestHead, 'method' | 'url'>, body: string): Parameters {
  if (method === 'GET') {
    const { searchParams: search } = new URL(url);
    const said = (name: string) => search.get(name) || undefined;
    const [variables, extensions] = ['variables', 'extensions'].map((name) => {
      const text = said(name);
      return text === undefined ? undefined : parsed(text, `The parameter \`${name}\` is`);
    });
    const documentId = search.get('documentId') ?? undefined;
    return {
      operationName: said('operationName'),
      query: said('query'),
      variables,
      extensions,
      ...(documentId === undefined ? {} : { documentId }),
    } as Parameters;
  }
  const given = parsed(body, 'POST body sent');
  if (Array.isArray(given)) throw refusal('Batching is not supported.');
  if (typeof given !== 'object' || given === null) {
    throw refusal(`POST body is expected to be object but received ${given === null ? 'null' : typeof given}`);
  }
  return given as Parameters;
}

/** The same, or what is wrong with them. */
export function readParameters(request: RequestHead, body: string): Parameters | GraphQLError {
  try {
    return parametersOf(request, body);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/** Reads parameters so for Yoga. */
export function useParameters(): Plugin {
  return {
    onRequestParse: ({ setRequestParser }) =>
      setRequestParser(async (request) => parametersOf(request, request.method === 'POST' ? await request.text() : '')),
  };
}

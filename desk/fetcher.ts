import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { getOperationAST } from 'graphql';
import { createClient } from 'graphql-sse';
import type { Session } from './session.js';

/** Sends what the desk asks to `url` with the session's token; a subscription is read as server-sent events. */
export function deskFetcher(url: string, session: Session): Fetcher {
  const authorised: typeof fetch = async (input, init) => {
    const token = session.token();
    const headers = new Headers(init?.headers);
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(input, { ...init, headers });
    if (response.status === 401 && token !== null) session.refuse(token);
    return response;
  };
  const once = createGraphiQLFetcher({ url, fetch: authorised });
  const stream = createClient({ url, fetchFn: authorised });

  return (params, options) => {
    const operation = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
    return operation?.operation === 'subscription' ? stream.iterate(requestOf(params)) : once(params, options);
  };
}

interface Asked {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown>;
}

function requestOf({ query, operationName, variables }: Asked) {
  return { query, ...(variables ? { variables } : {}), ...(operationName ? { operationName } : {}) };
}

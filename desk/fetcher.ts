import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-sse';
import { askedBy } from './operation.js';
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
    const asked = askedBy(params.query, params.operationName);
    if (!asked) return once(params, options);
    const { document, operation } = asked;
    const named = { ...params, operationName: operation.name?.value ?? null };
    if (operation.operation === 'subscription') return stream.iterate(requestOf(named));
    return once(named, { ...options, documentAST: document });
  };
}

interface Sent {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown>;
}

function requestOf({ query, operationName, variables }: Sent) {
  return { query, ...(variables ? { variables } : {}), ...(operationName ? { operationName } : {}) };
}

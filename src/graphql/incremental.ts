import { type DocumentNode, Kind, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestHead } from '../http/exchange.js';
import { deferDirective, streamDirective } from './execution/directives.js';
import { plannedOperation } from './execution/plan.js';
import type { Connection } from './single-connection.js';

const incremental = [deferDirective.name, streamDirective.name];

const whole = new WeakMap<DocumentNode, DocumentNode>();

/** The same document for an answer in one piece. */
function wholeOf(document: DocumentNode): DocumentNode {
  let known = whole.get(document);
  if (!known) {
    known = visit(document, {
      [Kind.DIRECTIVE]: ({ name }) => (incremental.includes(name.value) ? null : undefined),
    });
    whole.set(document, known);
  }
  return known;
}

export const acceptsParts = (request: Pick<RequestHead, 'headers'>): boolean =>
  /multipart\/mixed|text\/event-stream/i.test(request.headers.get('accept') ?? '');

interface Asked {
  request: Request;
  connection?: Connection;
}

/**
 * Answers in parts where a document says `@defer` or `@stream`, in the format of 2022 that Apollo Client
 * (`Defer20220824Handler`) and urql read. Clients that take only whole answers get those.
 */
export function useIncremental(): Plugin {
  return {
    onExecute({ args }) {
      const { request, connection } = args.contextValue as Asked;
      const { document, operationName } = args as { document: DocumentNode; operationName?: string };
      const mayComeInParts = connection !== undefined || acceptsParts(request);
      if (!mayComeInParts || !plannedOperation(document, operationName)) args.document = wholeOf(document);
    },
    onResponse({ response }) {
      // It is made while it is sent: nobody on the way may take what there is for the whole.
      if (response.headers.get('content-type')?.startsWith('multipart/'))
        response.headers.set('cache-control', 'no-store');
    },
  };
}

import type { Reads } from '../database/dependencies.js';
import type { Client } from '../http/client.js';
import type { Outgoing, RequestHead } from '../http/exchange.js';

/** A question that the service itself asks for somebody who may read what anyone may. */
export interface Question {
  document: string;
  variables?: Readonly<Record<string, unknown>> | undefined;
  requestId: string;
  now: Date;
  /** Who it is asked for; nobody when absent. */
  client?: Client | undefined;
  /** Where what the answer depends on is gathered. */
  reads?: Reads | undefined;
}

export interface GraphAnswer {
  data?: unknown;
  errors?: { message: string; extensions?: Record<string, unknown> }[];
}

export interface Graph {
  /**
   * Answers GraphQL over HTTP (GraphQL-over-HTTP draft): POST with JSON, GET for queries. Only JSON bodies are read, so that
   * no web form of another site can send one.
   */
  answer(request: Request, requestId: string, client: Client): Promise<Response>;
  /**
   * The same for one that is answered in one piece, which most are; null for any other, for which nothing has been done then.
   * `body` is empty for GET.
   */
  whole(request: RequestHead, body: string, requestId: string, client: Client): Promise<Outgoing | null>;
  /** Answers a question as it would a client’s request, by the same steps. */
  ask(question: Question): Promise<GraphAnswer>;
}

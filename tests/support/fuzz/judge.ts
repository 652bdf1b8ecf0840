import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import { costOf } from '../../../src/graphql/limits/costs.js';
import type { World } from './world.js';

/** One request, to the letter. */
export interface Sent {
  body: string;
  accept: 'application/graphql-response+json' | 'application/json' | 'multipart/mixed';
  /** In the address instead of a body. */
  byGet?: boolean;
}

export interface Told {
  status: number;
  text: string;
  bytes: number;
  ms: number;
}

/** So long nobody is to wait for an answer. */
const mostMs = 10_000;
/** After so long it is not waited for any more. */
const foreverMs = 40_000;

export async function send({ service, headers }: World, { body, accept, byGet }: Sent): Promise<Told> {
  const began = performance.now();
  const asked = byGet
    ? service.request(`/graphql?${searchOf(body)}`, { headers: { ...headers, accept } })
    : service.request('/graphql', {
        method: 'POST',
        headers: { ...headers, accept, 'content-type': 'application/json' },
        body,
      });
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`there was no answer within ${foreverMs / 1000} s`)), foreverMs);
  });
  try {
    const response = await Promise.race([asked, never]);
    const text = await Promise.race([response.text(), never]);
    return { status: response.status, text, bytes: Buffer.byteLength(text), ms: performance.now() - began };
  } finally {
    clearTimeout(timer);
  }
}

function searchOf(body: string): URLSearchParams {
  const { query, variables, operationName } = JSON.parse(body) as {
    query: string;
    variables: unknown;
    operationName?: string;
  };
  return new URLSearchParams({
    query,
    variables: JSON.stringify(variables),
    ...(operationName ? { operationName } : {}),
  });
}

/** What only the inside knows, wherever it stands: traces, files, statements, the names of what we are made of. */
const inside = [
  /(\n|\\n)\s+at \S+ ?\(?\S*[:/]/,
  /node_modules|file:\/\/\/\w|\/(src|dist|tests)\/[\w/.-]+\.[jt]sx?\b/,
  /\b(relation|column|constraint|operator|function) \\?"[a-z_]+\\?"|violates \S+ constraint|syntax error at or near|invalid (input|byte)/i,
  /\b(Prisma|PGlite|PostgresError|DriverAdapter|ECONN[A-Z]+|EPIPE|ENOENT|SQLSTATE)/,
  /\b(TypeError|ReferenceError|RangeError|AssertionError|is not a function|Cannot read propert|undefined is not)/,
];

/** An answer that says nothing and refuses may have so many bytes; one that shows something so many more for each unit of its price. */
export const mostBytes = { refusal: 160 * 1024, unit: 16 * 1024 } as const;

/** What the operation of a body costs; 0 where it is not one that can be run. */
export function priceOf(schema: GraphQLSchema, body: string): number {
  try {
    const { query, variables, operationName } = JSON.parse(body) as {
      query: string;
      variables: Record<string, unknown>;
      operationName?: string;
    };
    const document: DocumentNode = parse(query, { maxTokens: 2000 });
    return costOf({ schema, document, operationName, variableValues: variables }) ?? 0;
  } catch {
    return 0;
  }
}

export interface Verdict {
  /** What must not be, in short: the same word for the same fault. Null where all is well. */
  fault: string | null;
  /** It was run: there is data, if only in part. */
  executed: boolean;
  /** And nothing in it failed. */
  whole: boolean;
  codes: string[];
}

const codesIn = (text: string): string[] => [...text.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code]) => code!);

/** What is to be said of an answer to something that costs `price`. */
export function verdictOn({ body }: Sent, { status, text, bytes, ms }: Told, price: number): Verdict {
  const executed = /(^|[{,\n])"data":/.test(text);
  const whole = executed && !/(^|[{,])"errors":\[/.test(text);
  const codes = codesIn(text);
  const fault = (): string | null => {
    if (status >= 500) return `status ${status}`;
    if (codes.includes('INTERNAL_SERVER_ERROR') || text.includes('Unexpected error.')) return 'a masked fault';
    if (status === 401) return 'status 401';
    const most = mostBytes.refusal + (executed ? price * mostBytes.unit : 0) + (executed ? body.length : 0);
    if (bytes > most) return `more than ${most} bytes at a price of ${price}`.replace(/\d+/g, 'n');
    if (ms > mostMs) return 'later than 10 s';
    if (!executed && !text.includes('"errors":[') && !/^(405|415)$/.test(String(status)))
      return 'neither data nor errors';
    const isToldOf = inside.find((pattern) => pattern.test(text));
    if (isToldOf) return `tells of the inside: ${isToldOf.source.slice(0, 40)}`;
    return null;
  };
  return { fault: fault(), executed, whole, codes };
}

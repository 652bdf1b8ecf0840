import { stringify } from 'safe-stable-stringify';
import type { AnswerKeys } from '../answers/answers.js';
import { lettersOf } from '../http/letters.js';
import type { KnownDocuments } from './documents.js';

/** A request for something that is the same for anyone who asks for it in that form. */
export type Asking = AnswerKeys;

/** Longer requests are too rare to be asked again. */
const longestRequest = 65_536;

/**
 * What `request` asks for, if the answer may be kept: one query, answered in one piece. Reading its body uses it up, so a
 * request that is still to be read is answered as well.
 */
export async function askingFrom(
  request: Request,
  documents: KnownDocuments,
): Promise<{ asking: Asking | null; unread: Request }> {
  const accept = request.headers.get('accept');
  // Who takes whole answers besides gets one, unless the document asks for parts, which keysOf sees.
  const isStreamed = accept !== null && /text\/event-stream|multipart\//i.test(accept) && !/json/i.test(accept);
  const length = Number(request.headers.get('content-length') ?? NaN);
  if (request.method === 'GET') {
    const { pathname, search, searchParams } = new URL(request.url);
    const parts = isStreamed ? null : partsFrom(Object.fromEntries(searchParams), true);
    return {
      asking: keysOf(parts, accept, lettersOf('GET', pathname + search, accept, ''), documents),
      unread: request,
    };
  }
  if (request.method !== 'POST' || isStreamed || length > longestRequest) return { asking: null, unread: request };
  const body = await request.text();
  const { pathname, search } = new URL(request.url);
  const letters = lettersOf('POST', pathname + search, accept, body);
  const unread = new Request(request.url, { method: 'POST', headers: Object.fromEntries(request.headers), body });
  return { asking: keysOf(partsFrom(parsed(body), false), accept, letters, documents), unread };
}

interface Parts {
  query?: string;
  documentId?: string;
  operationName?: string;
  variables?: unknown;
}

/** The parts that say what is asked for; null where they are not what they should be, or there are others. */
function partsFrom(given: unknown, isText: boolean): Parts | null {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const { query, documentId, operationName, variables, ...others } = given as Record<string, unknown>;
  const strings = { query, documentId, operationName };
  for (const value of Object.values(strings)) if (value != null && typeof value !== 'string') return null;
  if (Object.keys(others).length > 0) return null;
  const values = isText && typeof variables === 'string' ? parsed(variables) : (variables ?? null);
  if (values !== null && (typeof values !== 'object' || Array.isArray(values))) return null;
  return { ...(strings as Parts), variables: values };
}

function keysOf(parts: Parts | null, accept: string | null, letters: string, documents: KnownDocuments): Asking | null {
  if (!parts) return null;
  const { query, documentId, operationName, variables } = parts;
  const document = query ?? documents.get(documentId?.replace(/^sha256:/, '') ?? '');
  // A word in a string is enough to leave it alone: such a request is answered like any other.
  if (!document || (query && documentId) || /\b(mutation|subscription)\b|@(defer|stream)\b/.test(document)) return null;
  const given = lettersOfVariables(variables ?? {});
  if (given === null) return null;
  return { meaning: `${accept ?? ''}\n${operationName ?? ''}\n${given}\n${document}`, request: letters };
}

/** The same for the same values; null for what lies so deep that it cannot be written. */
function lettersOfVariables(variables: unknown): string | null {
  try {
    return stringify(variables) ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

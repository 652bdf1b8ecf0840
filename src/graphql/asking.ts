import { stringify } from 'safe-stable-stringify';
import type { AnswerKeys } from '../answers/answers.js';
import { lettersOf } from '../http/letters.js';
import type { RequestHead } from '../http/exchange.js';
import type { KnownDocuments } from './documents.js';
import type { Parameters } from './parameters.js';

/** A request for something that is the same for anyone who asks for it in that form. */
export type Asking = AnswerKeys;

/** Longer requests are too rare to be asked again. */
const longestRequest = 65_536;

/** What a request asks for with these parameters, if the answer may be kept: one query, answered in one piece. */
export function askingOf(
  { method, url, headers }: RequestHead,
  body: string,
  parameters: Parameters,
  documents: KnownDocuments,
): Asking | null {
  if (body.length > longestRequest) return null;
  const { query, documentId, operationName, variables, ...others } = parameters;
  if (Object.values(others).some((other) => other != null)) return null;
  for (const text of [query, documentId, operationName]) if (text != null && typeof text !== 'string') return null;
  if (variables != null && (typeof variables !== 'object' || Array.isArray(variables))) return null;
  const document = documentOf(parameters, documents);
  // A word in a string is enough to leave it alone: such a request is answered like any other.
  if (!document || (query && documentId) || /\b(mutation|subscription)\b|@(defer|stream)\b/.test(document)) return null;
  const given = lettersOfVariables(variables ?? {});
  if (given === null) return null;
  const accept = headers.get('accept');
  const { pathname, search } = new URL(url);
  return {
    meaning: `${accept ?? ''}\n${operationName ?? ''}\n${given}\n${document}`,
    request: lettersOf(method, pathname + search, accept, body),
  };
}

/** The text that a request means; undefined where it names none. */
export function documentOf({ query, documentId }: Parameters, documents: KnownDocuments): string | undefined {
  return query ?? (typeof documentId === 'string' ? documents.get(documentId.replace(/^sha256:/, '')) : undefined);
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

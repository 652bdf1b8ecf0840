import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Watch } from '../../database/watch.js';
import { inSpan, recordedSpan } from './spans.js';

const longestText = 4096;

/** What comes before a statement's first word: comments, and names for parts of it. */
const operation = /^(?:\s|--.*\n|\/\*[^]*?\*\/|\()*(\w+)/;
const writing = /\b(?:(insert)\s+into|(update)|(delete)\s+from)\s/i;
/** A table that is written to, or read: no function that rows are read from. */
const place =
  /\b(?:(?:into|update)\s+(?:"?public"?\.)?"?([a-z_]\w*)|(?:from|join)\s+(?:"?public"?\.)?"?([a-z_]\w*)\b"?(?!\s*\())/i;

const known = new Map<string, { name: string; attributes: Attributes }>();
const mostKnown = 1000;

/** What a statement is called: what it does, and the first table that it does it to. */
function described(text: string): { name: string; attributes: Attributes } {
  const found = known.get(text);
  if (found) return found;
  let verb = (operation.exec(text)?.[1] ?? 'statement').toUpperCase();
  let from = 0;
  if (verb === 'WITH') {
    const writes = writing.exec(text);
    verb = (writes?.slice(1).find(Boolean) ?? 'select').toUpperCase();
    from = writes?.index ?? 0;
  }
  const [, written, read] = place.exec(text.slice(from)) ?? [];
  const table = written ?? read;
  const name = table === undefined ? verb : `${verb} ${table}`;
  const attributes = {
    'db.system.name': 'postgresql',
    'db.operation.name': verb,
    'db.query.summary': name,
    'db.query.text': text.length > longestText ? `${text.slice(0, longestText)}…` : text,
  };
  const description = { name, attributes };
  if (known.size < mostKnown) known.set(text, description);
  return description;
}

/** How many rows came back; undefined where that is not what was asked. */
function rowsIn(result: unknown): number | undefined {
  const rows = (result as { rows?: unknown } | undefined)?.rows ?? result;
  return Array.isArray(rows) ? rows.length : undefined;
}

/** The database that `url` names, as spans have it. */
export function serverIn(url: string | undefined): Attributes {
  if (url === undefined || !URL.canParse(url)) return {};
  const { hostname, port, pathname } = new URL(url);
  return {
    ...(hostname ? { 'server.address': hostname, 'server.port': Number(port || 5432) } : {}),
    ...(pathname.length > 1 ? { 'db.namespace': pathname.slice(1) } : {}),
  };
}

/**
 * A span for each statement that is sent for something that is recorded. A statement's values are not in its text, and so not in
 * its span.
 */
export const tracedStatements =
  (server: Attributes = {}): Watch =>
  (text, send) => {
    if (!recordedSpan()) return send();
    const { name, attributes } = described(text);
    return inSpan(name, { kind: SpanKind.CLIENT, attributes: { ...attributes, ...server } }, async (span) => {
      try {
        const result = await send();
        const rows = rowsIn(result);
        if (rows !== undefined) span.setAttribute('db.response.returned_rows', rows);
        return result;
      } catch (error) {
        const state = sqlStateOf(error);
        if (state !== undefined) span.setAttribute('db.response.status_code', state);
        throw error;
      }
    });
  };

/** As the driver or Prisma has it. */
function sqlStateOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { originalCode?: unknown } };
  return [code, cause?.originalCode].find(
    (each): each is string => typeof each === 'string' && /^[\dA-Z]{5}$/.test(each),
  );
}

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGraphQLError, createLRUCache, type GraphQLParams, type Plugin } from 'graphql-yoga';
import type { Parameters } from './parameters.js';

/** Documents that clients may name instead of sending them, by the hash of their text. */
export type KnownDocuments = ReadonlyMap<string, string>;

export const hashOf = (document: string): string => createHash('sha256').update(document).digest('hex');

const ownFolder = fileURLToPath(new URL('../../schema/operations/', import.meta.url));

/** The documents of `schema/operations` and of `folder`: `.graphql` files, and manifests of ids and texts as `.json`. */
export async function readKnownDocuments(folder?: string): Promise<KnownDocuments> {
  const known = new Map<string, string>();
  for (const from of folder === undefined ? [ownFolder] : [ownFolder, folder]) {
    for (const file of await readdir(from, { recursive: true })) {
      const read = () => readFile(path.join(from, file), 'utf8');
      if (file.endsWith('.graphql')) {
        const text = await read();
        known.set(hashOf(text), text);
      } else if (from !== ownFolder && file.endsWith('.json')) {
        for (const [id, text] of manifestEntries(JSON.parse(await read()), file)) known.set(id, text);
      }
    }
  }
  return known;
}

/** What the operations in `documents` are called. */
export function operationNamesIn(documents: KnownDocuments): Set<string> {
  const names = new Set<string>();
  for (const text of documents.values()) {
    for (const [, name] of text.matchAll(/^\s*(?:query|mutation|subscription)\s+([_A-Za-z]\w*)/gm))
      if (name) names.add(name);
  }
  return names;
}

/** Apollo's manifest (`{operations: [{id, body}]}`), or Relay's and others' (`{id: text}`). */
function manifestEntries(manifest: unknown, file: string): [id: string, text: string][] {
  const { operations } = (manifest ?? {}) as { operations?: unknown };
  const entries: unknown[][] = Array.isArray(operations)
    ? operations.map((operation: { id?: unknown; body?: unknown }) => [operation.id, operation.body])
    : Object.entries(manifest ?? {});
  return entries.map(([id, text]) => {
    if (typeof id === 'string' && typeof text === 'string') return [id.replace(/^sha256:/, ''), text];
    throw new Error(
      `${file} is no manifest of documents: it must say {"operations":[{"id":…,"body":…}]} or {"<id>":"<text>"}.`,
    );
  });
}

const refusal = (message: string, code: string, status: number) =>
  createGraphQLError(message, { extensions: { code, http: { status } } });

/** A document of more than this is not worth remembering for clients that send it by hash alone. */
const longestRemembered = 16_384;
const mostRemembered = 1000;

export interface DocumentsOptions {
  known: KnownDocuments;
  /** Serves those who bring neither a token nor a key nothing else. */
  isClosed?: boolean;
}

/** What goes with a request: who asks, or that the service itself does. */
interface Asker {
  sighted: Promise<{ viewer: { role: string } }>;
  isOwn?: boolean;
}

/**
 * Lets a request name its document: `documentId` for one of `known` (GraphQL over HTTP, appendix on persisted documents), or
 * `extensions.persistedQuery.sha256Hash` for any that was sent with that hash before (automatic persisted queries).
 */
export function useDocuments({ known, isClosed = false }: DocumentsOptions): Plugin<object, Asker> {
  const remembered = createLRUCache<string>({ max: mostRemembered });
  const texts = new Set(isClosed ? known.values() : []);

  /** Throws for a text that is not known, where its sender may send no other. */
  async function admit(query: string | undefined, { sighted, isOwn }: Asker): Promise<void> {
    if (!isClosed || isOwn || query === undefined || texts.has(query)) return;
    if ((await sighted).viewer.role !== 'anyone') return;
    throw refusal(
      'Only documents that are known are answered here without a token: name one by `documentId`, or have yours added.',
      'PERSISTED_DOCUMENT_ONLY',
      403,
    );
  }

  return {
    async onParams({ params, setParams, context }) {
      const id = documentIdOf(params);
      if (id !== null) {
        const query = known.get(id.replace(/^sha256:/, ''));
        if (query === undefined) {
          throw refusal(
            `There is no document with the id “${id.slice(0, 80)}” here; send its text as \`query\`, or have it added.`,
            'PERSISTED_DOCUMENT_NOT_FOUND',
            404,
          );
        }
        if (params.query && params.query !== query) {
          throw refusal('Both `documentId` and another `query` are given; send one of them.', 'BAD_USER_INPUT', 400);
        }
        // Yoga refuses parameters it does not know.
        setParams({ ...params, query, documentId: undefined } as GraphQLParams);
        return;
      }
      const hash = sentHash(params);
      if (hash === null) {
        await admit(params.query, context);
        return;
      }
      if (params.query) {
        if (hashOf(params.query) !== hash) {
          throw refusal('`sha256Hash` is not the SHA-256 of `query`, in hexadecimal.', 'PERSISTED_QUERY_MISMATCH', 400);
        }
        await admit(params.query, context);
        if (params.query.length <= longestRemembered) remembered.set(hash, params.query);
        return;
      }
      const query = known.get(hash) ?? remembered.get(hash);
      // The words that clients of automatic persisted queries wait for, to send the text as well.
      if (query === undefined) throw refusal('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND', 200);
      await admit(query, context);
      setParams({ ...params, query });
    },
  };
}

function documentIdOf({ documentId: id }: Parameters): string | null {
  if (id === undefined || id === null) return null;
  if (typeof id !== 'string') throw refusal('`documentId` must be a string.', 'BAD_USER_INPUT', 400);
  return id;
}

function sentHash({ extensions }: GraphQLParams): string | null {
  const sent = (extensions as { persistedQuery?: { sha256Hash?: unknown } } | undefined)?.persistedQuery?.sha256Hash;
  return typeof sent === 'string' ? sent.toLowerCase() : null;
}

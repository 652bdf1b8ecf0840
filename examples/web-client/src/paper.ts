import { cacheExchange, Client, fetchExchange, makeOperation, mapExchange, type OperationResult } from '@urql/core';
import {
  FrontPageDocument,
  type FrontPageQuery,
  LatestDocument,
  type LatestSubscription,
  PieceDocument,
  type PieceQuery,
} from './generated/graphql.js';

const hashOf = (document: unknown): string => (document as { __meta__: { hash: string } }).__meta__.hash;

/** Sends the hash of a document in its place: what it says, the service has been told (DATELINE_DOCUMENTS). */
const byHash = mapExchange({
  onOperation: (operation) =>
    makeOperation(operation.kind, {
      ...operation,
      query: { ...operation.query, definitions: [], documentId: hashOf(operation.query) },
    }),
});

export type Front = FrontPageQuery['latestFeed']['entries'];
export type Piece = NonNullable<PieceQuery['article']>;

/** The paper as a web client reads it, from the service at `url`. */
export function openPaper(url: string, options: { fetch?: typeof fetch } = {}) {
  const client = new Client({
    url: `${url}/graphql`,
    exchanges: [cacheExchange, byHash, fetchExchange],
    // By GET, so that browsers and a CDN keep what they are told they may.
    preferGetMethod: 'force',
    ...options,
  });

  const answerOf = <Answer>({ data, error }: OperationResult<Answer>): Answer => {
    if (error) throw error;
    return data!;
  };

  return {
    /** A page of what was published last, and where to go on. */
    async front(after?: string): Promise<FrontPageQuery> {
      return answerOf(await client.query(FrontPageDocument, after === undefined ? {} : { after }).toPromise());
    },

    /** Shows a piece as soon as its words are there, and again with what stands under it. Null where there is none. */
    read(path: string, show: (piece: Piece | null, isWhole: boolean) => void): Promise<void> {
      return new Promise((resolve, reject) => {
        const reading = client.query(PieceDocument, { path }).subscribe((result) => {
          if (result.error && !result.data) {
            reject(result.error);
            return;
          }
          show(result.data?.article ?? null, !result.hasNext);
          if (result.hasNext) return;
          resolve();
          // What urql has already is given before `subscribe` has returned.
          queueMicrotask(() => reading.unsubscribe());
        });
      });
    },

    /** Tells of what is published, changed and withdrawn, from a `cursor` of the feed on. Answers how to stop it. */
    follow(after: string, tell: (event: LatestSubscription['latestFeed']) => void, Source = EventSource): () => void {
      const parameters = { documentId: hashOf(LatestDocument), variables: JSON.stringify({ after }) };
      const source = new Source(`${url}/graphql?${new URLSearchParams(parameters)}`);
      source.addEventListener('next', ({ data }) => {
        const { data: told } = JSON.parse(data as string) as { data?: LatestSubscription };
        if (told) tell(told.latestFeed);
      });
      return () => source.close();
    },
  };
}

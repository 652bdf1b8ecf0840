import { setTimeout as pause } from 'node:timers/promises';
import { documentOf } from '../support/mutation.js';
import type { ServiceProcess } from '../support/service-process.js';
import { startTwoServices, type TwoServices } from '../support/two-services.js';

// Two services on one server. Readers ask both, and one request in twenty is an editor's, who publishes a new text of a piece.
const seconds = Number(process.env['MIXED_SECONDS'] ?? 60);
const readers = 8;
/** After so long every instance shows what was written on another. */
const boundMs = 100;

let both: TwoServices;
let services: TwoServices['services'];
beforeAll(async () => {
  both = await startTwoServices({ COST_PER_MINUTE: '0' });
  ({ services } = both);
}, 120_000);
afterAll(() => both?.close());

const documents = {
  updateArticle: documentOf('updateArticle', 'article { revision }'),
  publishArticle: documentOf('publishArticle', 'article { revision }'),
};
const listQuery = '{ articles(first: 20) { nodes { path headline } } }';
const pieceQuery = 'query ($path: String!) { article(by: { path: $path }) { path headline section { name } } }';

interface Piece {
  id: string;
  path: string;
  revision: number;
  isHeld: boolean;
  /** What was written, and when it was acknowledged by which instance. */
  written: { version: number; at: number; by: ServiceProcess }[];
}

const versionIn = (headline: string): number => Number(/^Version (\d+)$/.exec(headline)?.[1] ?? 0);

it(
  `nobody is shown what is over for ${boundMs} ms on two instances of which one request in twenty writes`,
  async () => {
    const pieces = await thePieces();
    const byPath = new Map(pieces.map((piece) => [piece.path, piece]));
    const end = performance.now() + seconds * 1000;
    const times: number[] = [];
    const stale: string[] = [];
    let writes = 0;

    /** The least that a request to `service` sent at `at` may be shown. */
    const least = ({ written }: Piece, service: ServiceProcess, at: number) =>
      written.findLast((each) => each.at <= (each.by === service ? at : at - boundMs))?.version ?? 0;

    async function read(service: ServiceProcess) {
      const at = performance.now();
      const known = new Map(pieces.map((piece) => [piece, least(piece, service, at)]));
      const piece = pieces[Math.floor(Math.random() * pieces.length)]!;
      const isList = Math.random() < 0.5;
      const asked = isList
        ? { query: listQuery }
        : { query: pieceQuery, variables: JSON.stringify({ path: piece.path }) };
      const response = await fetch(`${service.url}/graphql?${new URLSearchParams(asked)}`);
      const { data } = await response.json();
      times.push(performance.now() - at);
      for (const { path, headline } of isList ? data.articles.nodes : [data.article]) {
        const shown = byPath.get(path);
        if (shown && versionIn(headline) < known.get(shown)!)
          stale.push(`${path}: ${headline} where version ${known.get(shown)} was due`);
      }
    }

    async function write(service: ServiceProcess) {
      const piece = pieces.find(({ isHeld }) => !isHeld);
      if (!piece) return;
      piece.isHeld = true;
      writes += 1;
      const version = writes;
      const { id } = piece;
      const done = async (mutation: keyof typeof documents, input: object) => {
        const { data, errors } = await service.query(documents[mutation], {
          input: { id, expectedRevision: piece.revision, ...input },
        });
        const answer = data?.[mutation];
        if (!answer?.article) throw new Error(`${mutation}: ${JSON.stringify(errors ?? answer)}`);
        piece.revision = answer.article.revision;
      };
      await done('updateArticle', { headline: `Version ${version}` });
      await done('publishArticle', {});
      piece.written.push({ version, at: performance.now(), by: service });
      // To the end of the line, so that each is written in turn.
      pieces.push(...pieces.splice(pieces.indexOf(piece), 1));
      piece.isHeld = false;
    }

    async function visitor() {
      while (performance.now() < end) {
        const service = services[Math.random() < 0.5 ? 0 : 1];
        await (Math.random() < 0.05 ? write(service) : read(service));
        await pause(Math.random() * 4);
      }
    }
    await Promise.all(Array.from({ length: readers }, visitor));

    times.sort((one, other) => one - other);
    const quantile = (part: number) => times[Math.floor(times.length * part)]!;
    process.stdout.write(
      `${times.length} reads and ${writes} writes in ${seconds} s: median ${quantile(0.5).toFixed(1)} ms, ` +
        `99 % within ${quantile(0.99).toFixed(1)} ms; ${stale.length} stale\n`,
    );
    expect(stale).toEqual([]);
    expect(writes).toBeGreaterThan(seconds);
    expect(quantile(0.99)).toBeLessThan(10 * quantile(0.5));
  },
  seconds * 1000 + 60_000,
);

/** The newest pieces that stand in print, as an editor has them. */
async function thePieces(): Promise<Piece[]> {
  const query = '{ articles(first: 12, filter: { status: PUBLISHED }) { nodes { id path revision } } }';
  const { data } = await services[0].query(query);
  return (data?.articles.nodes as Omit<Piece, 'isHeld' | 'written'>[]).map((piece) => ({
    ...piece,
    isHeld: false,
    written: [],
  }));
}

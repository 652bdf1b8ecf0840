import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../../src/database/embedded.js';
import { sql } from '../../src/database/sql.js';
import { documentOf } from '../support/mutation.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';

const kills = Number(process.env['KILLS'] ?? 50);

let folder: string;
let service: ServiceProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dateline-killed-'));
  service = await started();
}, 120_000);
afterAll(async () => {
  await service?.kill();
  await rm(folder, { recursive: true, force: true });
});

const started = () => startServiceProcess({ DATA_DIR: folder, DATELINE_NEWSROOM: 'off', LOG_LEVEL: 'error' });

const documents = {
  createSection: documentOf('createSection', 'section { id }'),
  createArticle: documentOf('createArticle', 'article { id }'),
  updateArticle: documentOf('updateArticle', 'article { revision }'),
  submitArticle: documentOf('submitArticle', 'article { id }'),
  publishArticle: documentOf('publishArticle', 'article { status revision }'),
};

async function done(mutation: keyof typeof documents, input: object): Promise<any> {
  const { data, errors } = await service.query(documents[mutation], { input });
  const answer = data?.[mutation];
  if (errors || !answer.__typename.endsWith('Success'))
    throw new Error(`${mutation}: ${JSON.stringify(errors ?? answer)}`);
  return answer;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Ready {
  id: string;
  headline: string;
}

/** How far a piece got, as its author was told. */
interface Publication extends Ready {
  /** Sent, and nothing heard of it yet; or answered. */
  isAcknowledged: boolean;
}

/** Publishes what is ready, one after the other, until the process is gone. Answers what was heard. */
async function publishUntilKilled(ready: readonly Ready[]): Promise<Publication[]> {
  const publications: Publication[] = [];
  for (const { id, headline } of ready) {
    const publication = { id, headline, isAcknowledged: false };
    publications.push(publication);
    try {
      const answer = await done('publishArticle', { id, expectedRevision: 2 });
      expect(answer.article).toEqual({ status: 'PUBLISHED', revision: 2 });
      publication.isAcknowledged = true;
    } catch (error) {
      if (String(error).includes('publishArticle:')) throw error;
      break;
    }
  }
  return publications;
}

/** Pieces in review whose second revision is to be published. */
async function makeReady(round: number, count: number): Promise<Ready[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const headline = `Piece ${round}-${index}`;
      const begun = await done('createArticle', { headline: `${headline} begun`, section: 'world' });
      const { id } = begun.article as { id: string };
      await done('updateArticle', { id, expectedRevision: 1, headline });
      await done('submitArticle', { id, expectedRevision: 2 });
      return { id, headline };
    }),
  );
}

interface Found {
  status: string;
  headline: string;
  live: number;
  published: boolean;
  audited: number;
  told: number;
}

/** What the database holds of a piece, past the service. */
async function foundIn(folder: string, ids: readonly string[]): Promise<Map<string, Found>> {
  const db = await openEmbedded(folder);
  try {
    const uuids = ids.map((id) => Buffer.from(id, 'base64url').toString().replace('Article:', ''));
    const rows = await db.rows<Found & { id: string }>(sql`
      select a.id, a.status, a.headline, a.live_revision as live, a.published_at is not null as published,
        (select count(*)::int from audit_entry where subject_id = a.id and action = 'publishArticle') as audited,
        (select count(*)::int from change where article_id = a.id and kind = 'PUBLISHED') as told
      from article a where a.id = any(${uuids}::uuid[])`);
    return new Map(rows.map(({ id, ...found }) => [Buffer.from(`Article:${id}`).toString('base64url'), found]));
  } finally {
    await db.close();
  }
}

it(`a publication that is cut off by kill -9 has happened whole or not at all, ${kills} times`, async () => {
  await done('createSection', { name: 'World', slug: 'world' });
  const atOnce = 3;
  const each = 4;
  const everything: Publication[] = [];
  let cutOff = 0;
  let ready: Ready[] = [];
  for (let round = 0; round < kills; round += 1) {
    ready.push(...(await makeReady(round, atOnce * each - ready.length)));
    // Several at once, so that a kill meets transactions at different points.
    const publishing = Promise.all(
      Array.from({ length: atOnce }, (_, lane) =>
        publishUntilKilled(ready.filter((_piece, index) => index % atOnce === lane)),
      ),
    );
    await pause(Math.random() * 250);
    await service.kill();
    const publications = (await publishing).flat();
    everything.push(...publications);
    ready = ready.filter(({ id }) => !publications.some((publication) => publication.id === id));
    cutOff += publications.filter(({ isAcknowledged }) => !isAcknowledged).length;
    service = await started();
    // Through the service, as readers and editors see it after the restart.
    const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Article { status headline } } }';
    const { data } = await service.query(document, { ids: publications.map(({ id }) => id) });
    for (const [index, { isAcknowledged, headline }] of publications.entries()) {
      const { status } = data.nodes[index];
      expect(['IN_REVIEW', 'PUBLISHED']).toContain(status);
      expect(data.nodes[index].headline).toBe(headline);
      if (isAcknowledged) expect(status).toBe('PUBLISHED');
    }
  }
  await service.kill();
  const found = await foundIn(
    folder,
    everything.map(({ id }) => id),
  );
  let happened = 0;
  for (const { id, headline, isAcknowledged } of everything) {
    const isPublished = found.get(id)?.status === 'PUBLISHED';
    const times = isPublished ? 1 : 0;
    happened += times;
    expect(found.get(id)).toEqual({
      status: isPublished ? 'PUBLISHED' : 'IN_REVIEW',
      headline,
      live: 2,
      published: isPublished,
      audited: times,
      told: times,
    });
    if (isAcknowledged) expect(isPublished).toBe(true);
  }
  process.stdout.write(
    `${kills} kills, ${everything.length} publications: ${everything.length - cutOff} acknowledged, ${cutOff} cut off, ` +
      `${happened - (everything.length - cutOff)} of those happened\n`,
  );
  // Otherwise the kills came too early or too late to prove anything.
  expect(cutOff).toBeGreaterThan(0);
}, 1_200_000);

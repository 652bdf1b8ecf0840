import { sql } from '../../src/database/sql.js';
import { globalId } from '../../src/graphql/builder.js';
import { documentOf } from './mutation.js';
import { anArticle, aSection } from './records.js';
import type { TestService } from './service.js';

export interface EditorsAtWork {
  clients: number;
  articles: number;
  ms: number;
}

export interface WorkDone {
  /** What each client was told is saved, by article. */
  acknowledged: Map<string, string[]>;
  conflicts: number;
  /** Answers that were neither a save nor a conflict. */
  surprises: unknown[];
}

const read =
  'query ($id: ID!) { article(by: { id: $id }) { revision revisions(first: 1) { nodes { headline number } } } }';

/**
 * Clients that all write to the same few pieces: each reads a piece, counts one on from what it read and saves, and begins
 * anew when another was first. Half of the pieces are drafts, half are public.
 */
export async function editorsAtWork(service: TestService, { clients, articles, ms }: EditorsAtWork): Promise<WorkDone> {
  await service.load([
    aSection(),
    ...Array.from({ length: articles }, (_, index) =>
      anArticle({ slug: `shared-${index}`, headline: '0 begun', status: index % 2 === 0 ? 'DRAFT' : 'PUBLISHED' }),
    ),
  ]);
  const rows = await service.db.rows<{ id: string }>(
    sql`select id from article where slug like 'shared-%' order by slug`,
  );
  const save = documentOf('updateArticle', 'article { revision }');
  const done: WorkDone = { acknowledged: new Map(rows.map(({ id }) => [id, []])), conflicts: 0, surprises: [] };
  const end = performance.now() + ms;

  async function client(number: number): Promise<void> {
    const headers = await service.signIn('editor', `Editor ${number}`);
    for (let turn = 0; performance.now() < end; turn += 1) {
      // From one piece to another, so that clients keep meeting others.
      const id = rows[(number * 7 + turn) % rows.length]?.id ?? '';
      let isSaved = false;
      while (!isSaved && performance.now() < end) {
        const seen = await service.query(read, { id: globalId('Article', id) }, headers);
        const { revision, revisions } = seen.data.article;
        const [newest] = revisions.nodes;
        // Another may have saved between the two reads of this one answer: then there is nothing to count on from.
        if (newest.number !== revision) continue;
        const headline = `${parseInt(newest.headline, 10) + 1} by ${number} in turn ${turn}`;
        const input = { id: globalId('Article', id), expectedRevision: revision, headline };
        const { data, errors } = await service.query(save, { input }, headers);
        const answer = data?.updateArticle;
        if (answer?.__typename === 'UpdateArticleSuccess') {
          done.acknowledged.get(id)?.push(headline);
          isSaved = true;
        } else if (answer?.__typename === 'ConflictError') done.conflicts += 1;
        else {
          done.surprises.push(errors ?? answer);
          return;
        }
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return done;
}

/** Every save that was acknowledged is in the history once, nothing else is, and each counts on from the one before. */
export async function expectWholeHistories(service: TestService, { acknowledged, surprises }: WorkDone): Promise<void> {
  expect(surprises).toEqual([]);
  for (const [id, saves] of acknowledged) {
    const history = await service.db.rows<{ number: number; headline: string }>(
      sql`select number, headline from article_revision where article_id = ${id}::uuid order by number`,
    );
    const kept = history.slice(1).map(({ headline }) => headline);
    expect([...kept].sort()).toEqual([...saves].sort());
    expect(new Set(kept).size).toBe(kept.length);
    expect(history.map(({ number, headline }) => [number, parseInt(headline, 10)])).toEqual(
      history.map((_, index) => [index + 1, index]),
    );
    const [article] = await service.db.rows<{ revision: number; audited: number }>(sql`
      select revision, (select count(*)::int from audit_entry where subject_id = a.id and action = 'updateArticle') as audited
      from article a where id = ${id}::uuid`);
    expect(article).toEqual({ revision: saves.length + 1, audited: saves.length });
  }
}

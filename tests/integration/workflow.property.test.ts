import fc from 'fast-check';
import type { Viewer } from '../../src/access/viewer.js';
import {
  cancelSchedule,
  correctArticle,
  publishArticle,
  retractArticle,
  returnArticle,
  scheduleArticle,
  submitArticle,
  unpublishArticle,
} from '../../src/content/article/editing/moves.js';
import { createArticle, restoreRevision, updateArticle } from '../../src/content/article/editing/save.js';
import { announceDue } from '../../src/content/change/announce.js';
import { sql } from '../../src/database/sql.js';
import { ConflictError, TransitionError } from '../../src/refusals.js';
import { aSection } from '../support/records.js';
import { aMoment, startService, type TestService } from '../support/service.js';

let service: TestService;
const editor = {
  role: 'editor',
  userId: '01900000-0000-7000-8000-0000000000aa',
  name: 'Edda',
} as const satisfies Viewer;

beforeAll(async () => {
  service = await startService();
  await service.db.prisma.user.create({ data: { id: editor.userId, name: editor.name, role: 'EDITOR' } });
  await service.load([aSection()]);
});
afterAll(() => service.close());

type Standing = 'DRAFT' | 'IN_REVIEW' | 'SCHEDULED' | 'PUBLISHED' | 'UNPUBLISHED' | 'RETRACTED';

/** What the paper promises, written down a second time and as simply as possible. */
interface Model {
  id: string;
  standing: Standing;
  revision: number;
  headlines: string[];
  /** What readers get, once and as long as they get anything. */
  shown: string | null;
  /** What will appear, and when. */
  due: { headline: string; at: Date } | null;
  now: Date;
  corrections: number;
  /** What those who follow the paper must have learnt, in this order. */
  told: string[];
}

const newest = (model: Model) => model.headlines.at(-1) ?? '';
const hand = (model: Model) => ({ viewer: editor, now: model.now, requestId: null });
const target = (model: Model) => ({ articleId: model.id, expectedRevision: model.revision });

/** Time passes: what was due appears. */
function letTimePass(model: Model, minutes: number): void {
  model.now = new Date(model.now.getTime() + minutes * 60_000);
  if (model.standing === 'SCHEDULED' && model.due && model.due.at <= model.now) {
    model.standing = 'PUBLISHED';
    model.shown = model.due.headline;
    model.due = null;
    model.told.push('PUBLISHED');
  }
}

type Step =
  | { do: 'wait'; minutes: number }
  | { do: 'save'; headline: string }
  | { do: 'schedule'; minutes: number }
  | { do: 'restore'; which: number }
  | { do: 'announce' }
  | { do: 'submit' | 'return' | 'cancel' | 'publish' | 'correct' | 'unpublish' | 'retract' | 'stale save' };

const mayStart: Record<string, Standing[]> = {
  save: ['DRAFT', 'IN_REVIEW', 'SCHEDULED', 'PUBLISHED', 'UNPUBLISHED'],
  restore: ['DRAFT', 'IN_REVIEW', 'SCHEDULED', 'PUBLISHED', 'UNPUBLISHED'],
  submit: ['DRAFT'],
  return: ['IN_REVIEW', 'SCHEDULED'],
  schedule: ['IN_REVIEW', 'SCHEDULED', 'UNPUBLISHED'],
  cancel: ['SCHEDULED'],
  publish: ['IN_REVIEW', 'SCHEDULED', 'PUBLISHED', 'UNPUBLISHED'],
  correct: ['PUBLISHED'],
  unpublish: ['PUBLISHED'],
  retract: ['PUBLISHED', 'UNPUBLISHED'],
};

/** Does the step in the service. */
function act(model: Model, step: Step): Promise<void> {
  const { db, site } = service;
  const by = hand(model);
  const piece = target(model);
  const save = { note: null, isAutosave: false };
  switch (step.do) {
    case 'save':
      return updateArticle(db, site, by, { ...piece, ...save, changes: { headline: step.headline } });
    case 'stale save':
      return updateArticle(db, site, by, {
        ...piece,
        ...save,
        expectedRevision: model.revision - 1,
        changes: { headline: 'lost' },
      });
    case 'restore':
      return restoreRevision(db, site, by, { ...piece, revision: 1 + (step.which % model.headlines.length) });
    case 'schedule':
      return scheduleArticle(db, site, by, { ...piece, at: new Date(model.now.getTime() + step.minutes * 60_000) });
    case 'submit':
      return submitArticle(db, by, piece);
    case 'return':
      return returnArticle(db, by, { ...piece, note: 'again' });
    case 'cancel':
      return cancelSchedule(db, by, piece);
    case 'publish':
      return publishArticle(db, site, by, { ...piece, at: null });
    case 'correct':
      return correctArticle(db, site, by, { ...piece, note: 'A name was wrong.' });
    case 'unpublish':
      return unpublishArticle(db, by, { ...piece, reason: 'Checked again.' });
    case 'retract':
      return retractArticle(db, by, { ...piece, reason: 'It did not hold.' });
    case 'wait':
    case 'announce':
      return Promise.resolve();
  }
}

/** What the step does in the model, once it is allowed. */
function apply(model: Model, step: Step): void {
  switch (step.do) {
    case 'save':
    case 'restore':
      model.headlines.push(
        step.do === 'save' ? step.headline : (model.headlines[step.which % model.headlines.length] ?? ''),
      );
      model.revision += 1;
      return;
    case 'schedule':
      Object.assign(model, {
        standing: 'SCHEDULED',
        shown: null,
        due: { headline: newest(model), at: new Date(model.now.getTime() + step.minutes * 60_000) },
      });
      return;
    case 'submit':
      model.standing = 'IN_REVIEW';
      return;
    case 'return':
    case 'cancel':
      Object.assign(model, { standing: step.do === 'return' ? 'DRAFT' : 'IN_REVIEW', due: null });
      return;
    case 'publish':
    case 'correct':
      model.told.push(step.do === 'correct' ? 'CORRECTED' : model.standing === 'PUBLISHED' ? 'UPDATED' : 'PUBLISHED');
      Object.assign(model, { standing: 'PUBLISHED', shown: newest(model), due: null });
      if (step.do === 'correct') model.corrections += 1;
      return;
    case 'unpublish':
    case 'retract':
      Object.assign(model, { standing: step.do === 'retract' ? 'RETRACTED' : 'UNPUBLISHED', shown: null });
      model.told.push(step.do === 'retract' ? 'RETRACTED' : 'WITHDRAWN');
      return;
    case 'wait':
    case 'announce':
    case 'stale save':
      return;
  }
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('save' as const),
      headline: fc
        .string({ minLength: 1, unit: 'grapheme-ascii' })
        .filter((text) => text.trim() !== '')
        .map((text) => `H ${text.trim()}`),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('schedule' as const), minutes: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const), which: fc.nat(20) }) },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'submit' as const,
        'submit' as const,
        'return' as const,
        'cancel' as const,
        'publish' as const,
        'publish' as const,
        'correct' as const,
        'unpublish' as const,
        'stale save' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('retract' as const, 'announce' as const) }) },
);

const READ = /* GraphQL */ `
  query ($id: ID!) {
    article(by: { id: $id }) {
      headline
      corrections {
        text
      }
      next {
        id
      }
    }
    articles(first: 100) {
      nodes {
        id
        headline
      }
      totalCount
    }
  }
`;

it('goes where the table says and nowhere else, and shows readers what was pinned', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const begun = { viewer: editor, now: aMoment, requestId: null };
      const first = 'H first';
      const id = await createArticle(service.db, service.site, begun, { headline: first, section: 'world' });
      const model: Model = {
        id,
        standing: 'DRAFT',
        revision: 1,
        headlines: [first],
        shown: null,
        due: null,
        now: aMoment,
        corrections: 0,
        told: [],
      };

      for (const one of steps) {
        if (one.do === 'wait') letTimePass(model, one.minutes);
        else if (one.do === 'announce') await announceDue(service.db, model.now);
        else if (one.do === 'stale save') {
          await expect(act(model, one)).rejects.toBeInstanceOf(ConflictError);
        } else if (mayStart[one.do]?.includes(model.standing)) {
          await act(model, one);
          apply(model, one);
        } else await expect(act(model, one)).rejects.toBeInstanceOf(TransitionError);

        service.now = model.now;
        const { data, errors } = await service.query(READ, { id: Buffer.from(`Article:${id}`).toString('base64url') });
        expect(errors).toBeUndefined();
        const listed = data.articles.nodes.filter((node: { headline: string }) => node.headline === model.shown);
        expect(data.article?.headline ?? null).toBe(model.shown);
        if (model.shown !== null) {
          expect(listed.length).toBeGreaterThan(0);
          expect(data.article.corrections).toHaveLength(model.corrections);
        }
      }
      await leavesAWholeHistory(model);
      await service.db.rows(sql`delete from article where id = ${id}::uuid`);
    }),
    { numRuns: process.env['TEST_DATABASE_URL'] ? 30 : 8 },
  );
}, 120_000);

/** Every save is in the history once, in order and without a gap; everything there was to tell is in the change log, in order. */
async function leavesAWholeHistory({ id, headlines, told, now }: Model): Promise<void> {
  const revisions = await service.db.rows<{ number: number; headline: string }>(
    sql`select number, headline from article_revision where article_id = ${id}::uuid order by number`,
  );
  expect(revisions).toEqual(headlines.map((headline, index) => ({ number: index + 1, headline })));
  await announceDue(service.db, now);
  const log = await service.db.rows<{ kind: string }>(
    sql`select kind from change where article_id = ${id}::uuid order by id`,
  );
  expect(log.map(({ kind }) => kind)).toEqual(told);
}

import type { Builder, Inputs } from '../../../graphql/builder.js';
import { idOf } from '../../../graphql/builder.js';
import type { Context } from '../../../graphql/context.js';
import { inputDescription, refusing } from '../../../graphql/refusals.js';
import { expectedRevisionDescription } from '../../../graphql/success.js';
import { ConflictError, NotFoundError, TransitionError } from '../../../refusals.js';
import type { ArticleRow } from '../row.js';
import { defineArticleInputs } from './inputs.js';
import {
  cancelSchedule,
  correctArticle,
  publishArticle,
  retractArticle,
  returnArticle,
  scheduleArticle,
  submitArticle,
  unpublishArticle,
} from './moves.js';
import { createArticle, deleteDraft, restoreRevision, updateArticle } from './save.js';
import type { Action } from '../../../access/rules.js';

interface ArticleSuccess {
  article: ArticleRow;
}

interface Target {
  id: string;
  expectedRevision: number;
}

type Saying<Field extends string> = Target & Record<Field, string>;

declare module '../../../graphql/builder.js' {
  interface Objects {
    CreateArticleSuccess: ArticleSuccess;
    UpdateArticleSuccess: ArticleSuccess;
    SubmitArticleSuccess: ArticleSuccess;
    ReturnArticleSuccess: ArticleSuccess;
    ScheduleArticleSuccess: ArticleSuccess;
    CancelScheduleSuccess: ArticleSuccess;
    PublishArticleSuccess: ArticleSuccess;
    CorrectArticleSuccess: ArticleSuccess;
    UnpublishArticleSuccess: ArticleSuccess;
    RetractArticleSuccess: ArticleSuccess;
    RestoreRevisionSuccess: ArticleSuccess;
    DeleteDraftSuccess: { id: string };
  }
  interface Inputs {
    SubmitArticleInput: Target;
    ReturnArticleInput: Saying<'note'>;
    ScheduleArticleInput: Target & { at: Date };
    CancelScheduleInput: Target;
    PublishArticleInput: Target & { at?: Date | null | undefined };
    CorrectArticleInput: Saying<'note'>;
    UnpublishArticleInput: Saying<'reason'>;
    RetractArticleInput: Saying<'reason'>;
    RestoreRevisionInput: Target & { revision: number };
    DeleteDraftInput: Target;
  }
}

const target = ({ id, expectedRevision }: Target) => ({ articleId: idOf('Article', id), expectedRevision });

/** The piece as it stands after a write, read anew. */
async function readBack(id: string | null, { loaders }: Context): Promise<ArticleSuccess> {
  const article = await loaders.article.byId.clear(id ?? '').load(id ?? '');
  if (!article) throw new Error(`article ${id} is gone after a write to it`);
  return { article };
}

type Move =
  | 'SubmitArticle'
  | 'ReturnArticle'
  | 'ScheduleArticle'
  | 'CancelSchedule'
  | 'PublishArticle'
  | 'CorrectArticle'
  | 'UnpublishArticle'
  | 'RetractArticle'
  | 'RestoreRevision'
  | 'UpdateArticle';

export function defineArticleMutations(builder: Builder): void {
  defineArticleInputs(builder);
  defineMoveInputs(builder);
  const articleRefusals = [ConflictError, NotFoundError, TransitionError];

  for (const name of [
    'CreateArticle',
    'UpdateArticle',
    'SubmitArticle',
    'ReturnArticle',
    'ScheduleArticle',
    'CancelSchedule',
    'PublishArticle',
    'CorrectArticle',
    'UnpublishArticle',
    'RetractArticle',
    'RestoreRevision',
  ] as const) {
    builder.objectType(`${name}Success`, {
      description: 'It is done.',
      fields: (t) => ({
        article: t.field({
          type: 'Article',
          description: 'The piece as it stands now.',
          resolve: (done: ArticleSuccess) => done.article,
        }),
      }),
    });
  }
  builder.objectType('DeleteDraftSuccess', {
    description: 'It is done.',
    fields: (t) => ({ id: t.exposeID('id', { description: 'The id the draft had.' }) }),
  });

  builder.mutationFields((t) => ({
    createArticle: t.field({
      type: 'CreateArticleSuccess',
      description: 'Begins a draft.',
      authScopes: { may: 'write drafts' },
      errors: refusing('CreateArticle'),
      args: { input: t.arg({ type: 'CreateArticleInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) =>
        readBack(await createArticle(context.db, context.site, context, input), context),
    }),
    deleteDraft: t.field({
      type: 'DeleteDraftSuccess',
      description: 'Deletes a draft that readers never saw, with its history.',
      authScopes: { may: 'write drafts' },
      errors: refusing('DeleteDraft', ...articleRefusals),
      args: { input: t.arg({ type: 'DeleteDraftInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        await deleteDraft(context.db, context, target(input));
        return { id: input.id };
      },
    }),
  }));

  /** A mutation of one piece that answers it as it then stands. */
  function move<Name extends Move>(
    name: Name,
    may: Action,
    description: string,
    run: (input: InputOf<Name>, context: Context) => Promise<void>,
  ): void {
    builder.mutationField(name[0]?.toLowerCase() + name.slice(1), (t) =>
      t.field({
        type: `${name}Success` as `${Move}Success`,
        description,
        authScopes: { may },
        errors: refusing(name, ...articleRefusals),
        args: {
          input: t.arg({ type: `${name}Input` as `${Move}Input`, required: true, description: inputDescription }),
        },
        resolve: async (_root, { input }, context) => {
          await run(input as InputOf<Name>, context);
          return readBack(idOf('Article', input.id), context);
        },
      }),
    );
  }

  move(
    'UpdateArticle',
    'write drafts',
    'Saves a revision. Of a published or scheduled piece readers get it when it is published.',
    (input, { db, site, ...hand }) => {
      const { id, expectedRevision, note, autosave, ...changes } = input;
      const save = { ...target({ id, expectedRevision }), changes, note: note ?? null, isAutosave: autosave ?? false };
      return updateArticle(db, site, hand, save);
    },
  );
  move('SubmitArticle', 'submit drafts', 'Hands a draft to an editor.', (input, { db, ...hand }) =>
    submitArticle(db, hand, target(input)),
  );
  move(
    'ReturnArticle',
    'publish',
    'Hands a piece back to its writer; a schedule it had is gone.',
    (input, { db, ...hand }) => returnArticle(db, hand, { ...target(input), note: input.note }),
  );
  move(
    'ScheduleArticle',
    'publish',
    'Makes the newest revision public from a moment to come. Later saves do not change what will appear.',
    (input, { db, site, jobs, ...hand }) => scheduleArticle(db, site, hand, { ...target(input), at: input.at }, jobs),
  );
  move(
    'CancelSchedule',
    'publish',
    'Takes a schedule back; the piece waits for review again.',
    (input, { db, ...hand }) => cancelSchedule(db, hand, target(input)),
  );
  move(
    'PublishArticle',
    'publish',
    'Makes the newest revision public now. Publishing again never moves the first date; a schedule still to come is overtaken.',
    (input, { db, site, ...hand }) => publishArticle(db, site, hand, { ...target(input), at: input.at ?? null }),
  );
  move(
    'CorrectArticle',
    'publish',
    'Puts a mistake right in public: the newest revision, with a dated note on what was wrong.',
    (input, { db, site, ...hand }) => correctArticle(db, site, hand, { ...target(input), note: input.note }),
  );
  move(
    'UnpublishArticle',
    'publish',
    'Takes a piece off the site; its address says why. It may come back.',
    (input, { db, ...hand }) => unpublishArticle(db, hand, { ...target(input), reason: input.reason }),
  );
  move(
    'RetractArticle',
    'retract',
    'Withdraws a piece for good: its body is gone everywhere, its address says why.',
    (input, { db, ...hand }) => retractArticle(db, hand, { ...target(input), reason: input.reason }),
  );
  move(
    'RestoreRevision',
    'write drafts',
    'Saves again what an earlier revision held.',
    (input, { db, site, ...hand }) => restoreRevision(db, site, hand, { ...target(input), revision: input.revision }),
  );
}

type InputOf<Name extends Move> = Inputs[`${Name}Input`];

function defineMoveInputs(builder: Builder): void {
  const id = 'The piece.';
  for (const name of ['SubmitArticleInput', 'CancelScheduleInput', 'DeleteDraftInput'] as const) {
    builder.inputType(name, {
      description: 'Which piece, at which revision.',
      fields: (t) => ({
        id: t.id({ required: true, description: id }),
        expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      }),
    });
  }
  for (const [name, field, description] of [
    ['ReturnArticleInput', 'note', 'What the writer is to do.'],
    ['CorrectArticleInput', 'note', 'What was wrong, in words for readers.'],
    ['UnpublishArticleInput', 'reason', 'Why, in words for readers.'],
    ['RetractArticleInput', 'reason', 'Why, in words for readers.'],
  ] as const) {
    builder.inputType(name, {
      description: 'Which piece, at which revision, and the words that go with it.',
      fields: (t) =>
        ({
          id: t.id({ required: true, description: id }),
          expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
          [field]: t.string({ required: true, description }),
        }) as never,
    });
  }
  builder.inputType('ScheduleArticleInput', {
    description: 'Which piece, at which revision, and from when.',
    fields: (t) => ({
      id: t.id({ required: true, description: id }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      at: t.field({ type: 'DateTime', required: true, description: 'When it is to appear; in the future.' }),
    }),
  });
  builder.inputType('PublishArticleInput', {
    description: 'Which piece, at which revision.',
    fields: (t) => ({
      id: t.id({ required: true, description: id }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      at: t.field({
        type: 'DateTime',
        description: 'The date it is to carry, in the past; now when absent, or the date it has.',
      }),
    }),
  });
  builder.inputType('RestoreRevisionInput', {
    description: 'Which piece, and which of its revisions is to be the newest again.',
    fields: (t) => ({
      id: t.id({ required: true, description: id }),
      expectedRevision: t.int({ required: true, description: expectedRevisionDescription }),
      revision: t.int({ required: true, description: 'The number of the revision to restore.' }),
    }),
  });
}

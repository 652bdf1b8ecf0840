import { forwardArguments } from '../../../graphql/arguments.js';
import type { Builder } from '../../../graphql/builder.js';
import { type Connection, connectionFrom, defineConnection, pageOf } from '../../../graphql/connection.js';
import { about } from '../../../graphql/limits/prices.js';
import { hunksIn, markedIn } from '../words/words.js';
import { refuseOthers } from './desk-only.js';
import { type Hunk, markedDifference } from './difference.js';
import { historyOf, placeOfRevision, revisionCount, type RevisionRow } from './history.js';
import { type KeptRevision, revisionOf } from './load.js';

interface RevisionDifference {
  older: KeptRevision;
  newer: KeptRevision;
}

const trees = ({ older, newer }: RevisionDifference) => ({ older: older.tree, newer: newer.tree });

declare module '../../../graphql/builder.js' {
  interface Objects {
    Revision: RevisionRow;
    RevisionConnection: Connection<RevisionRow>;
    RevisionDifference: RevisionDifference;
    DifferenceHunk: Hunk;
  }
}

export function defineHistory(builder: Builder): void {
  builder.objectType('Revision', {
    description: 'One save of a piece.',
    fields: (t) => ({
      number: t.exposeInt('number', { description: 'Counts the saves from 1.' }),
      headline: t.exposeString('headline', { description: 'The headline then.' }),
      standfirst: t.exposeString('standfirst', { nullable: true, description: 'The standfirst then.' }),
      body: t.field({
        type: 'ArticleBody',
        description: 'The words then.',
        resolve: async ({ articleId, number }, _args, { db }) => ({
          articleId,
          ...(await revisionOf(db, articleId, number)),
        }),
      }),
      wordCount: t.exposeInt('wordCount', { description: 'How many words it had.' }),
      note: t.exposeString('note', { nullable: true, description: 'What was changed, in the editor’s words.' }),
      savedBy: t.exposeString('savedBy', { nullable: true, description: 'Who saved it; null for an import.' }),
      savedAt: t.expose('savedAt', { type: 'DateTime', description: 'When.' }),
    }),
  });
  defineConnection<RevisionRow>(builder, 'Revision', 'Revision', 'revision');

  builder.objectType('DifferenceHunk', {
    description:
      'A run of lines that two revisions do not share, with the lines around it, as in a unified diff of the Markdown.',
    fields: (t) => ({
      oldStart: t.exposeInt('oldStart', { description: 'The first line, in the older.' }),
      oldLines: t.exposeInt('oldLines', { description: 'How many lines of the older.' }),
      newStart: t.exposeInt('newStart', { description: 'The first line, in the newer.' }),
      newLines: t.exposeInt('newLines', { description: 'How many lines of the newer.' }),
      lines: t.exposeStringList('lines', { description: 'The lines, each after a space, `-` or `+`.' }),
    }),
  });
  builder.objectType('RevisionDifference', {
    description: 'What changed between two revisions.',
    fields: (t) => ({
      headline: t.string({
        description: 'The headline as HTML: what went in `<del>`, what came in `<ins>`.',
        resolve: ({ older, newer }) => markedDifference(older.headline, newer.headline),
      }),
      body: t.string({
        description: 'The words as HTML, in the same manner.',
        resolve: (difference) => markedIn(trees(difference)),
      }),
      hunks: t.field({
        type: ['DifferenceHunk'],
        complexity: about(10),
        description: 'The same as hunks of lines.',
        resolve: (difference) => hunksIn(trees(difference)),
      }),
    }),
  });

  builder.objectFields('Article', (t) => ({
    revisions: t.field({
      type: 'RevisionConnection',
      description: 'Its saves, newest first. For editors, and for its own contributor.',
      args: forwardArguments(t.arg),
      resolve: async (article, args, { db, viewer }) => {
        refuseOthers(viewer, article);
        const list = `revisions:${article.id}`;
        const page = pageOf(list, args);
        const rows = await historyOf(db, article.id, page);
        return connectionFrom(rows, page, list, placeOfRevision, () => revisionCount(db, article.id));
      },
    }),
    difference: t.field({
      type: 'RevisionDifference',
      description: 'What changed from one revision to another. For editors, and for its own contributor.',
      args: {
        from: t.arg.int({ required: true, description: 'The number of the older.' }),
        to: t.arg.int({ description: 'The number of the newer; the newest there is when absent.' }),
      },
      resolve: async (article, { from, to }, { db, viewer }) => {
        refuseOthers(viewer, article);
        const [older, newer] = await Promise.all([
          revisionOf(db, article.id, from),
          revisionOf(db, article.id, to ?? article.revision),
        ]);
        return { older, newer };
      },
    }),
  }));
}

import type { PartnerViewer } from '../../access/viewer.js';
import { type Builder, globalId } from '../../graphql/builder.js';
import { type Connection, connectionOf, defineConnection, sizeOf } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { badCursor } from '../../graphql/errors.js';
import type { ChangeKind } from '../../generated/prisma/enums.js';
import { cursorAt, partnersCursorAt, partnersPlaceAt, placeAt } from './cursors.js';
import { countPartnerChangesAfter, partnerChangesAfter, settle } from './partner-log.js';
import { type ChangeRow, changesAfter, countChangesAfter } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Change: ToldChange;
    ChangeConnection: Connection<ToldChange>;
  }
  interface Enums {
    ChangeKind: { Input: ChangeKind; Output: ChangeKind };
  }
}

/** An entry of a log, with its place in it as clients hold it. */
interface ToldChange extends Omit<ChangeRow, 'place'> {
  cursor: string;
}

const defaultSize = 100;
/** How much of a partner's log one request writes at most: the next goes on. */
const mostRounds = 10;

/** The log of all. */
async function logOfAll({ db, now }: Context, since: string | null, size: number): Promise<Connection<ToldChange>> {
  const after = since === null ? null : placeAt(since);
  const rows = await changesAfter(db, now, after, size + 1);
  if (!rows) throw badCursor();
  const told = rows.map(({ place, ...row }) => ({ ...row, cursor: cursorAt(place) }));
  const page = { size, backward: false, after: after ?? undefined };
  return connectionOf(
    told,
    page,
    ({ cursor }) => cursor,
    () => countChangesAfter(db, after),
  );
}

/** A partner's own log, written up to now before it is read. */
async function logOf(
  partner: PartnerViewer,
  { db, now }: Context,
  since: string | null,
  size: number,
): Promise<Connection<ToldChange>> {
  const after = since === null ? '0' : partnersPlaceAt(partner.partnerId, since);
  const isSettled = await settle(db, partner, now, mostRounds);
  const rows = await partnerChangesAfter(db, partner.partnerId, after, size + 1);
  const told = rows.map(({ id, ...row }) => ({ ...row, cursor: partnersCursorAt(partner.partnerId, id) }));
  const page = { size, backward: false, after: since ?? undefined };
  const connection = connectionOf(
    told,
    page,
    ({ cursor }) => cursor,
    () => countPartnerChangesAfter(db, partner.partnerId, after),
  );
  const { hasNextPage, ...pageInfo } = connection.pageInfo();
  return { ...connection, pageInfo: () => ({ ...pageInfo, hasNextPage: hasNextPage || !isSettled }) };
}

export function defineChange(builder: Builder): void {
  builder.enumType('ChangeKind', {
    description: 'What happened to a piece, as its readers see it.',
    values: {
      PUBLISHED: { description: 'It is there from now on: new, back again, or its scheduled moment has come.' },
      UPDATED: {
        description:
          'It shows something else than before: its words or its address; or the name or the place of its section, the ' +
          'name of a tag or a tag of its own, the name, address, line or licence of the partner that lent it, the address ' +
          'of an author on it. An author’s name alone never changes a piece that was printed.',
      },
      CORRECTED: { description: 'A mistake in it was put right in public; `reason` is the note printed with it.' },
      WITHDRAWN: { description: 'It is not there any more; it may come back.' },
      RETRACTED: { description: 'It is withdrawn for good. Whoever keeps a copy must delete it.' },
    },
  });

  builder.objectType('Change', {
    description: 'One entry of the log of what became visible, changed, or went.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description: 'Its place in the log: give the last you have read as `since`, and go on from there.',
      }),
      at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
      kind: t.expose('kind', { type: 'ChangeKind', description: 'What happened.' }),
      articleId: t.id({
        description: 'The piece, the same for ever: what a copy of it should be kept under.',
        resolve: ({ articleId }) => globalId('Article', articleId),
      }),
      article: t.field({
        type: 'Article',
        nullable: true,
        description: 'The piece as it stands now, which may be later than this entry; null when it is not there now.',
        resolve: ({ articleId }, _args, { loaders }) => loaders.article.byId.load(articleId),
      }),
      path: t.exposeString('path', { description: 'Its address on this site after this change, from the root.' }),
      reason: t.exposeString('reason', {
        nullable: true,
        description: 'Why, in words for readers, where it was corrected, withdrawn or retracted.',
      }),
    }),
  });
  defineConnection<ToldChange>(builder, 'Change', 'Change', 'change');

  builder.queryField('changes', (t) =>
    t.field({
      type: 'ChangeConnection',
      description:
        'The log of all that became visible, changed, was corrected, withdrawn or retracted, in the order in which it took ' +
        'effect. Read it with the last `cursor` you have seen, again and again: you get every entry once, however many write ' +
        'at the same time. From its beginning it tells of every piece there is, so a copy that follows it becomes equal to ' +
        'the paper: keep `article` under `articleId`, and delete what is null. An entry may come some moments late while ' +
        'another write is under way; it is never left out. With a partner’s key it is that partner’s own log: what enters its ' +
        'entitlement, or whose delay runs out, is `PUBLISHED`; what leaves it is `WITHDRAWN`.',
      args: {
        since: t.arg.string({
          description: 'Only what comes after the entry with this cursor; from the beginning of the log when absent.',
        }),
        first: t.arg.int({ defaultValue: defaultSize, description: 'How many at most: 1 to 100.' }),
      },
      resolve: async (_root, { since, first }, context) => {
        const size = sizeOf('first', first, defaultSize);
        const { viewer, db } = context;
        const log =
          viewer.role === 'partner'
            ? await logOf(viewer, context, since ?? null, size)
            : await logOfAll(context, since ?? null, size);
        // What an entry shows is kept by who reads it, and nothing tells of it again: it must not be older than the entry.
        await db.memory?.caughtUp();
        return log;
      },
    }),
  );
}

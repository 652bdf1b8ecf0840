import { type Builder, idOf } from '../../../graphql/builder.js';
import { inputDescription, refusing } from '../../../graphql/refusals.js';
import { NotFoundError } from '../../../refusals.js';
import { sql } from '../../../database/sql.js';
import type { Context } from '../../../graphql/context.js';
import { about } from '../../../graphql/limits/prices.js';
import { refuseOthers } from './desk-only.js';
import { createPreviewLink } from './preview.js';
import { revisionOf } from './load.js';
import { type Remark, remarksOn, type RemarkSeverity } from './remarks.js';

interface PreviewSuccess {
  token: string;
  url: string;
  expiresAt: Date;
}

declare module '../../../graphql/builder.js' {
  interface Objects {
    CreatePreviewLinkSuccess: PreviewSuccess;
    DeskRemark: Remark;
  }
  interface Inputs {
    CreatePreviewLinkInput: { id: string; revision?: number | null | undefined; expiresIn?: number | null | undefined };
  }
  interface Enums {
    RemarkSeverity: { Input: RemarkSeverity; Output: RemarkSeverity };
  }
}

const threeDays = 3 * 86_400;

export function defineDesk(builder: Builder): void {
  builder.inputType('CreatePreviewLinkInput', {
    description: 'Which piece is to be shown, and for how long.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'The piece.' }),
      revision: t.int({ description: 'The number of the revision; the newest when absent.' }),
      expiresIn: t.int({
        description: 'For how many seconds the link is good: 60 to 2592000; three days when absent.',
      }),
    }),
  });
  builder.objectType('CreatePreviewLinkSuccess', {
    description: 'Whoever has the token can read that one revision, and nothing else.',
    fields: (t) => ({
      token: t.exposeString('token', {
        description: 'Give it as `preview` to the `article` query. It is not kept here.',
      }),
      url: t.expose('url', { type: 'URL', description: 'The piece’s address on this site with the token.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it is good.' }),
    }),
  });
  builder.mutationField('createPreviewLink', (t) =>
    t.field({
      type: 'CreatePreviewLinkSuccess',
      description: 'Makes a link by which anyone who has it can read one revision of a piece, until it expires.',
      authScopes: { may: 'preview drafts' },
      errors: refusing('CreatePreviewLink', NotFoundError),
      args: { input: t.arg({ type: 'CreatePreviewLinkInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input: { id, revision, expiresIn } }, { db, site, ...hand }) => {
        const { token, path, expiresAt } = await createPreviewLink(db, hand, {
          articleId: idOf('Article', id),
          revision: revision ?? null,
          expiresInSeconds: expiresIn ?? threeDays,
        });
        return { token, url: `${site.url}${path}?preview=${token}`, expiresAt };
      },
    }),
  );

  builder.enumType('RemarkSeverity', {
    description: 'How much a remark matters.',
    values: {
      WARNING: { description: 'Readers or partners will notice.' },
      HINT: { description: 'A good desk would think of it.' },
    },
  });
  builder.objectType('DeskRemark', {
    description: 'What a good desk would say before a piece goes out. It stops nothing.',
    fields: (t) => ({
      severity: t.expose('severity', { type: 'RemarkSeverity', description: 'How much it matters.' }),
      path: t.exposeString('path', { description: 'What it is about, as in `leadImage.credit`.' }),
      message: t.exposeString('message', { description: 'The remark.' }),
    }),
  });
  builder.queryField('validateArticle', (t) =>
    t.field({
      type: ['DeskRemark'],
      complexity: about(5),
      description:
        'What a good desk would say of the newest revision of a piece: no credit, no standfirst, a headline too long … ' +
        'For editors, and for its own contributor.',
      authScopes: { may: 'read revisions' },
      args: { id: t.arg.id({ required: true, description: 'The piece.' }) },
      resolve: async (_root, { id }, context) => remarksOnArticle(idOf('Article', id), context),
    }),
  );
}

async function remarksOnArticle(articleId: string | null, { db, now, viewer, loaders }: Context): Promise<Remark[]> {
  const article = articleId === null ? null : await loaders.article.byId.load(articleId);
  if (!article) throw new NotFoundError('such article');
  refuseOthers(viewer, article);
  const revision = await revisionOf(db, article.id, article.revision);
  const section = await loaders.section.bySlug.load(revision.details.section);
  const tags = await loaders.tag.bySlug.loadMany(revision.details.tags);
  const [last] = await db.rows<{ at: Date }>(sql`
    select ordered_at as at from article
    where section_id = ${section?.id ?? null}::uuid and status = 'PUBLISHED' and ordered_at <= ${now.toISOString()}::timestamptz
    order by ordered_at desc, id desc limit 1`);
  return remarksOn(revision, {
    sectionSilentDays: last ? Math.floor((now.getTime() - last.at.getTime()) / 86_400_000) : null,
    missing: [
      ...(section ? [] : ['section']),
      ...revision.details.tags.flatMap((_, index) => (tags[index] ? [] : [`tags.${index}`])),
    ],
  });
}

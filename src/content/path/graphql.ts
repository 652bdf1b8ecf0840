import type { Builder } from '../../graphql/builder.js';
import type { Context } from '../../graphql/context.js';
import { badInput } from '../../graphql/errors.js';
import { formerAt, type OldAddressRow, withdrawnAt, type WithdrawnRow } from './read.js';
import { authorPath, fixedPlace, normalPath, sectionPath, spellings, tagPath } from './rules.js';

interface RedirectTo {
  to: string;
  status: number;
}

declare module '../../graphql/builder.js' {
  interface Objects {
    Redirect: RedirectTo;
    Gone: WithdrawnRow;
  }
}

type Named = { __typename: 'Article' | 'Section' | 'Author' | 'Tag' | 'Redirect' | 'Gone' };

const named = <Row extends object>(__typename: Named['__typename'], row: Row | null | undefined) =>
  row ? { ...row, __typename } : null;

const movedTo = (to: string | undefined) => (to === undefined ? null : named('Redirect', { to, status: 301 }));

const longestPath = 2048;

/** What stands at `path` now, or where it went. */
async function resolvePath(path: string, context: Context) {
  const { db, site, loaders } = context;
  if (path.length > longestPath)
    throw badInput(`\`path\` has ${path.length} characters; at most ${longestPath} are read.`);
  const normal = normalPath(path, site.url);
  if (normal === null) return null;

  const place = fixedPlace(normal);
  if (place) {
    const typename = place.kind === 'section' ? 'Section' : place.kind === 'author' ? 'Author' : 'Tag';
    const row = await loaders[place.kind].bySlug.load(place.slug);
    if (row) return named(typename, row);
  }
  const paths = spellings(normal);
  const [article] = (await loaders.article.byPath.loadMany(paths)).filter(
    (found) => found && !(found instanceof Error),
  );
  if (article && !(article instanceof Error)) return named('Article', article);

  const withdrawn = await withdrawnAt(db, context, { paths });
  if (withdrawn) return named('Gone', withdrawn);
  const former = await formerAt(db, paths);
  return former ? whereItWent(former, context) : null;
}

async function whereItWent({ articleId, sectionId, authorId, tagId }: OldAddressRow, context: Context) {
  const { db, loaders } = context;
  if (articleId) {
    const article = await loaders.article.byId.load(articleId);
    return article ? movedTo(article.path) : named('Gone', await withdrawnAt(db, context, { id: articleId }));
  }
  if (sectionId) return movedTo(mapped(await loaders.section.byId.load(sectionId), sectionPath));
  if (authorId) return movedTo(mapped(await loaders.author.byId.load(authorId), authorPath));
  return movedTo(mapped(await loaders.tag.byId.load(tagId ?? ''), tagPath));
}

const mapped = (row: { slug: string } | null, pathOf: (slug: string) => string) => (row ? pathOf(row.slug) : undefined);

export function definePath(builder: Builder): void {
  builder.objectType('Redirect', {
    description: 'The address moved. `to` is where it is now, never another redirect.',
    fields: (t) => ({
      to: t.exposeString('to', { description: 'The present address on this site, from the root.' }),
      status: t.exposeInt('status', { description: 'The HTTP status to answer with: 301.' }),
    }),
  });
  builder.objectType('Gone', {
    description: 'What stood at the address was taken off the site. Answer with HTTP status 410.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When it was taken off.' }),
      reason: t.exposeString('reason', { nullable: true, description: 'Why, in words for readers.' }),
    }),
  });
  const resolution = builder.unionType('PathResolution', {
    description: 'What an address leads to.',
    types: ['Article', 'Section', 'Author', 'Tag', 'Redirect', 'Gone'],
    resolveType: (value) => ('__typename' in value ? (value as Named).__typename : null),
  });
  builder.queryField('resolvePath', (t) =>
    t.field({
      type: resolution,
      nullable: true,
      description: 'What an address on this site leads to, former addresses included; null when it never existed.',
      args: { path: t.arg.string({ required: true, description: 'The address from the root, or whole.' }) },
      resolve: (_root, { path }, context) => resolvePath(path, context),
    }),
  );
}

import { isStaff, type Viewer } from '../../access/viewer.js';
import type { Builder } from '../../graphql/builder.js';
import { badInput, forbidden } from '../../graphql/errors.js';
import type { ArticleFilter } from './lists.js';
import type { ArticleStatus } from './rules.js';

export interface ArticleFilterInput {
  sections?: readonly string[] | null | undefined;
  authors?: readonly string[] | null | undefined;
  tags?: readonly string[] | null | undefined;
  partners?: readonly string[] | null | undefined;
  language?: string | null | undefined;
  publishedAfter?: Date | null | undefined;
  publishedBefore?: Date | null | undefined;
  status?: readonly ArticleStatus[] | null | undefined;
}

const mostSlugs = 50;

/** Longer than any slug, and than any language tag that is registered. */
const longestName = 300;

/** The filter as the store takes it. Throws where it asks for what the viewer may not see, or for too much. */
export function filterFrom(input: ArticleFilterInput | null | undefined, viewer: Viewer): ArticleFilter {
  if (!input) return {};
  const { sections, authors, tags, partners, language, publishedAfter, publishedBefore, status } = input;
  for (const [field, slugs] of Object.entries({ sections, authors, tags, partners })) {
    if (slugs && slugs.length > mostSlugs) {
      throw badInput(`\`filter.${field}\` names ${slugs.length} slugs; at most ${mostSlugs} can be asked for at once.`);
    }
  }
  for (const [field, names] of Object.entries({ sections, authors, tags, partners, language: [language ?? ''] })) {
    const tooLong = names?.find(({ length }) => length > longestName);
    if (tooLong !== undefined) {
      throw badInput(
        `\`${field}\` names something of ${tooLong.length} characters; it can have at most ${longestName}.`,
      );
    }
  }
  if (status && !isStaff(viewer)) {
    throw forbidden('Only editors may filter by status; everybody else sees what is published.');
  }
  return {
    ...(sections ? { sections } : {}),
    ...(authors ? { authors } : {}),
    ...(tags ? { tags } : {}),
    ...(partners ? { partners } : {}),
    ...(typeof language === 'string' ? { language } : {}),
    ...(publishedAfter ? { publishedAfter } : {}),
    ...(publishedBefore ? { publishedBefore } : {}),
    ...(status ? { status } : {}),
  };
}

declare module '../../graphql/builder.js' {
  interface Inputs {
    ArticleFilter: ArticleFilterInput;
  }
}

export function defineArticleFilter(builder: Builder): void {
  builder.inputType('ArticleFilter', {
    description: 'Which articles a list is to hold. Every condition given must hold; within one, any of the values.',
    fields: (t) => ({
      sections: t.stringList({ description: 'Slugs of sections. A section includes its descendants.' }),
      authors: t.stringList({ description: 'Slugs of authors: pieces that carry the byline of any of them.' }),
      tags: t.stringList({ description: 'Slugs of tags: pieces that carry any of them.' }),
      partners: t.stringList({ description: 'Slugs of partners: pieces that came from any of them.' }),
      language: t.string({ description: 'A BCP 47 language tag, such as `en` or `fr`.' }),
      publishedAfter: t.field({ type: 'DateTime', description: 'Published later than this moment.' }),
      publishedBefore: t.field({ type: 'DateTime', description: 'Published earlier than this moment.' }),
      status: t.field({
        type: ['ArticleStatus'],
        description: 'Any of these statuses. For editors; refused for everybody else.',
      }),
    }),
  });
}

import { isStaff } from '../../access/viewer.js';
import type { Loaded } from '../../database/batching.js';
import type { Builder } from '../../graphql/builder.js';
import { numberUpTo } from '../../graphql/arguments.js';
import { type Connection, defineConnection } from '../../graphql/connection.js';
import { about, someWords } from '../../graphql/limits/prices.js';
import { defineBody } from './body-fields.js';
import { excerptOf } from './body/text.js';
import { defineByline } from './byline-fields.js';
import { bylinesOfPreview, imageOfPreview, tagsOfPreview } from './editing/preview-fields.js';
import { defineArticleFilter } from './filter.js';
import type { ArticleOrder } from './lists.js';
import type { Neighbourhood } from './neighbours.js';
import { defineArticleQueries } from './queries.js';
import { type CorrectionRow, emptyTree } from './read.js';
import type { SectionRow } from '../section/read.js';
import type { ArticleRow } from './row.js';
import { type ArticleStatus, statusAt } from './rules.js';

interface EnumOf<Values> {
  Input: Values;
  Output: Values;
}

declare module '../../graphql/builder.js' {
  interface Objects {
    Article: ArticleRow;
    ArticleConnection: Connection<ArticleRow>;
    ArticleSource: ArticleRow;
    Correction: CorrectionRow;
  }
  interface Enums {
    ArticleStatus: EnumOf<ArticleStatus>;
    ArticleOrder: EnumOf<ArticleOrder>;
    Neighbourhood: EnumOf<Neighbourhood>;
  }
}

const longestExcerpt = 1000;
const mostRelated = 20;

export function defineArticle(builder: Builder): void {
  defineEnums(builder);
  defineArticleFilter(builder);
  defineBody(builder);
  defineByline(builder);

  builder.objectType('ArticleSource', {
    description: 'Where a piece came from when another publisher lent it.',
    fields: (t) => ({
      partner: t.field({
        type: 'Partner',
        description: 'Who lent it.',
        resolve: async ({ partnerId }, _args, { loaders }) => {
          const partner = await loaders.partner.byId.load(partnerId ?? '');
          if (!partner) throw new Error(`partner ${partnerId} of an article is missing`);
          return partner;
        },
      }),
      attribution: t.string({
        description: 'The line to print under the piece: “From our partner …”.',
        resolve: async ({ partnerId, attribution }, _args, { loaders }) =>
          attribution ?? (await loaders.partner.byId.load(partnerId ?? ''))?.attribution ?? '',
      }),
      originalUrl: t.field({
        type: 'URL',
        nullable: true,
        description: 'Where the partner first published it.',
        resolve: ({ originalUrl }) => originalUrl,
      }),
      license: t.string({
        nullable: true,
        description: 'On what terms it may be used again; the partner’s own when the piece names none.',
        resolve: async ({ partnerId, license }, _args, { loaders }) =>
          license ?? (await loaders.partner.byId.load(partnerId ?? ''))?.license ?? null,
      }),
    }),
  });

  builder.objectType('Correction', {
    description: 'What a piece got wrong, put right in public.',
    fields: (t) => ({
      text: t.exposeString('text', { description: 'The words printed with the piece.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When it was corrected.' }),
    }),
  });

  builder.node('Article', {
    description: 'A piece of journalism with one canonical address.',
    id: { resolve: ({ id }) => id, description: 'Names this piece for ever, whatever its slug or address.' },
    loadMany: (ids, { loaders }) => ids.map((id) => loaders.article.byId.load(id)),
    fields: (t) => ({
      slug: t.exposeString('slug', { description: 'Its short name in addresses; unique, and may change.' }),
      path: t.exposeString('path', { description: 'Its address on this site, from the root: `/2026/01/31/slug/`.' }),
      url: t.field({
        type: 'URL',
        description: 'Its whole address on this site.',
        resolve: ({ path }, _args, { site }) => site.url + path,
      }),
      canonicalUrl: t.field({
        type: 'URL',
        description:
          'The address search engines are to know it by: the partner’s own for a piece lent to us, otherwise `url`.',
        resolve: ({ path, originalUrl }, _args, { site }) => originalUrl ?? site.url + path,
      }),
      headline: t.exposeString('headline', { description: 'The headline, as plain text.' }),
      standfirst: t.exposeString('standfirst', {
        nullable: true,
        description: 'One plain paragraph set above the body, or null.',
      }),
      excerpt: t.string({
        complexity: someWords,
        description: 'The beginning of the body as plain text, cut at a word and ended with … when cut.',
        args: {
          maxLength: t.arg.int({
            defaultValue: 200,
            description: `At most this many characters, the … included: 1 to ${longestExcerpt}.`,
          }),
        },
        resolve: async ({ id }, { maxLength }, { loaders }) => {
          const length = numberUpTo(longestExcerpt, 'maxLength', maxLength, 200);
          return excerptOf((await loaders.article.opening.load(id))?.opening ?? '', length);
        },
      }),
      language: t.exposeString('language', {
        description: 'The language it is written in, as BCP 47 writes it: `en`, `pt-BR`.',
      }),
      byline: t.exposeString('byline', {
        description: 'Who wrote it, as one printed line: “Anna Kolotova and Zhao Wenbin”. Empty when nobody is named.',
      }),
      firstPublishedAt: t.expose('firstPublishedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When readers could first read it; never moves.',
      }),
      publishedAt: t.expose('publishedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'The date it carries and is sorted by; an editor may move it on a significant update.',
      }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When what readers get last changed.' }),
      status: t.field({
        type: 'ArticleStatus',
        description: 'Where it stands in the newsroom’s workflow.',
        resolve: (row, _args, { now }) => statusAt(now, row),
      }),
      revision: t.exposeInt('revision', {
        description: 'The number of its newest revision: what an update is written against.',
      }),
      scheduledFor: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'The moment at which it will appear. For editors; null for everybody else.',
        resolve: (row, _args, { now, viewer }) =>
          isStaff(viewer) && statusAt(now, row) === 'SCHEDULED' ? row.publishedAt : null,
      }),

      section: t.field({
        type: 'Section',
        description: 'The one section it stands in.',
        resolve: ({ sectionId }, _args, { loaders }) => loaders.section.byId.load(sectionId) as Loaded<SectionRow>,
      }),
      tags: t.field({
        type: ['Tag'],
        complexity: about(5),
        description: 'What it is about, most important first.',
        resolve: ({ id, preview }, _args, { loaders }) =>
          preview ? tagsOfPreview(preview, loaders) : loaders.tag.ofArticle.load(id),
      }),
      bylines: t.field({
        type: ['Byline'],
        complexity: about(2),
        description: 'Who made it, in order, as they stood when it was published.',
        resolve: ({ id, preview }, _args, { loaders }) =>
          preview ? bylinesOfPreview(id, preview, loaders) : loaders.article.bylines.load(id),
      }),
      leadImage: t.field({
        type: 'Image',
        nullable: true,
        description: 'The picture over the piece.',
        resolve: ({ leadImageId, preview }, _args, { loaders }) => {
          if (preview) return imageOfPreview(preview);
          return leadImageId ? loaders.image.byId.load(leadImageId) : null;
        },
      }),
      source: t.field({
        type: 'ArticleSource',
        nullable: true,
        description: 'The partner it came from; null for a piece of our own.',
        resolve: (row) => (row.partnerId ? row : null),
      }),
      body: t.field({
        type: 'ArticleBody',
        description: 'Its words, in the form asked for. A retracted piece has none.',
        resolve: async ({ id, preview }, _args, { loaders }) =>
          (preview ? { articleId: id, ...preview } : await loaders.article.body.load(id)) ?? {
            articleId: id,
            ...emptyBody,
          },
      }),
      corrections: t.field({
        type: ['Correction'],
        complexity: about(1),
        description: 'Its corrections, oldest first.',
        resolve: ({ id }, _args, { loaders }) => loaders.article.corrections.load(id),
      }),

      next: t.field({
        type: 'Article',
        nullable: true,
        description: 'The next older piece, for “Continue reading”; null at the oldest.',
        args: { within: t.arg({ type: 'Neighbourhood', defaultValue: 'SECTION', description: 'Where to look.' }) },
        resolve: ({ id }, { within }, { loaders }) =>
          loaders.article.neighbour({ direction: 'older', within: within ?? 'SECTION' }).load(id),
      }),
      previous: t.field({
        type: 'Article',
        nullable: true,
        description: 'The next newer piece; null at the newest.',
        args: { within: t.arg({ type: 'Neighbourhood', defaultValue: 'SECTION', description: 'Where to look.' }) },
        resolve: ({ id }, { within }, { loaders }) =>
          loaders.article.neighbour({ direction: 'newer', within: within ?? 'SECTION' }).load(id),
      }),
      related: t.field({
        type: ['Article'],
        description:
          'Pieces like this one, never itself. Of the 20 newest pieces of each of its tags and of its section, ' +
          'each shared tag counts 2 and the same section 1; the highest sum comes first, of equals the newer.',
        args: {
          first: t.arg.int({ defaultValue: 5, description: `At most this many: 1 to ${mostRelated}.` }),
        },
        resolve: ({ id }, { first }, { loaders }) =>
          loaders.article.related(numberUpTo(mostRelated, 'first', first, 5)).load(id),
      }),
    }),
  });

  defineConnection<ArticleRow>(builder, 'Article', 'Article', 'article');
  defineArticleQueries(builder);
}

const emptyBody = { html: '', tree: emptyTree, wordCount: 0 };

function defineEnums(builder: Builder): void {
  builder.enumType('ArticleStatus', {
    description: 'Where a piece stands in the newsroom’s workflow.',
    values: {
      DRAFT: { description: 'Being written.' },
      IN_REVIEW: { description: 'Handed to an editor.' },
      SCHEDULED: { description: 'Approved, and public from a moment still to come.' },
      PUBLISHED: { description: 'Public.' },
      UNPUBLISHED: { description: 'Taken off the site; may come back.' },
      RETRACTED: { description: 'Withdrawn for good, with the reason at its address.' },
    },
  });
  builder.enumType('ArticleOrder', {
    description: 'How a list of articles is ordered. Equal moments are ordered by id, so that pages never overlap.',
    values: {
      PUBLISHED_AT_DESC: { description: 'Newest first.' },
      PUBLISHED_AT_ASC: { description: 'Oldest first.' },
      UPDATED_AT_DESC: { description: 'Most recently changed first.' },
    },
  });
  builder.enumType('Neighbourhood', {
    description: 'Where to look for the neighbour of a piece.',
    values: {
      SECTION: { description: 'In the same section.' },
      EVERYWHERE: { description: 'In the whole paper.' },
    },
  });
}

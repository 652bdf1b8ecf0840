import { brandWithType } from '@pothos/core';
import type { Loaded } from '../../database/batching.js';
import { forwardArguments, numberUpTo } from '../../graphql/arguments.js';
import { asksFor } from '../../graphql/asks-for.js';
import type { Builder } from '../../graphql/builder.js';
import { defineConnection } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { badInput } from '../../graphql/errors.js';
import { about, listed, paged, searching } from '../../graphql/limits/prices.js';
import { filterFrom } from '../article/filter.js';
import type { ArticleRow } from '../article/row.js';
import { rightsOf } from '../article/rights.js';
import { textIn } from '../article/words/words.js';
import type { AuthorRow } from '../author/read.js';
import type { SectionRow } from '../section/read.js';
import type { TagRow } from '../tag/read.js';
import type { FacetKind } from './read.js';
import { longestQuery, mostRanked, type SearchOrder, typedWords } from './rules.js';
import { search, type SearchHit, type SearchPage } from './search.js';
import { foundSpans, snippetOf, wordAt } from './snippet.js';
import { suggestionsFor, type SuggestionRow } from './suggest.js';

interface YearFacet {
  year: number;
  count: number;
  timeZone: string;
}

declare module '../../graphql/builder.js' {
  interface Objects {
    SearchHit: SearchHit;
    SearchConnection: SearchPage;
    SearchFacets: SearchPage;
    SectionFacet: { count: number; section: SectionRow };
    AuthorFacet: { count: number; author: AuthorRow };
    TagFacet: { count: number; tag: TagRow };
    YearFacet: YearFacet;
    Suggestion: SuggestionRow;
  }
  interface Enums {
    SearchOrder: { Input: SearchOrder; Output: SearchOrder };
  }
}

const snippetLength = 220;
const mostSuggested = 20;

/** The words around what was found, in the body as far as the viewer gets it, else in the standfirst. */
async function snippetFor({ article, wanted, likelyIn }: SearchHit, { loaders, viewer }: Context): Promise<string> {
  const tree = await loaders.article.tree.load(article.id);
  const body = tree ? await textIn(tree.tree) : '';
  const texts = rightsOf(viewer).words === 'FULL' && article.standfirst ? [body, article.standfirst] : [body];
  const looked = texts.map((text) => ({ text, likely: likelyIn(text) }));
  const words = new Set(looked.flatMap(({ text, likely }) => likely.map((span) => wordAt(text, span))));
  const meant = await loaders.search.meant(wanted).load({ language: article.language, words: [...words] });
  const marked = looked.map(({ text, likely }) => ({ text, spans: foundSpans(text, likely, meant, wanted) }));
  const { text, spans } = marked.find((each) => each.spans.length > 0) ?? marked.at(-1)!;
  return snippetOf(text, spans, snippetLength);
}

const countDescription = 'Among the pieces that were counted, how many.';

/** The things a kind of facet counts, each with its count; one that is gone meanwhile is left out. */
async function countedThings<Thing>(
  { facets }: SearchPage,
  kind: FacetKind,
  load: (id: string) => Loaded<Thing | null>,
): Promise<{ count: number; thing: Thing }[]> {
  const counted = await Promise.all(
    facets
      .filter((row) => row.kind === kind)
      .map(async ({ id, count }) => ({ count, thing: id === null ? null : await load(id) })),
  );
  return counted.filter(
    (each): each is { count: number; thing: NonNullable<typeof each.thing> } => each.thing !== null,
  );
}

export function defineSearch(builder: Builder): void {
  builder.enumType('SearchOrder', {
    description: 'How what a search finds is ordered.',
    values: {
      RELEVANCE: {
        description: 'By `score`, which weighs where the words stand and how new a piece is; see `search`.',
      },
      PUBLISHED_AT_DESC: { description: 'By date of publication, newest first.' },
    } as const,
  });

  builder.objectType('SearchHit', {
    description: 'A piece that a search found.',
    fields: (t) => ({
      article: t.field({ type: 'Article', description: 'The piece.', resolve: ({ article }) => article as ArticleRow }),
      score: t.float({
        description:
          'What the order by relevance goes by: the base-2 logarithm of the relevance, plus the moment of publication in units of two years since 1970. One more is twice as relevant, or two years newer. It does not change as time passes.',
        resolve: ({ article }) => article.score,
      }),
      snippet: t.string({
        description:
          'About 220 characters of the text around the words that were found, as HTML: the text is escaped, the words stand in `<mark>`, and there is no other markup. The beginning of the text where it has none of the words itself.',
        resolve: (hit, _args, context) => snippetFor(hit, context),
      }),
    }),
  });
  defineConnection<SearchHit>(builder, 'Search', 'SearchHit', 'piece that was found');
  defineFacets(builder);

  builder.objectFields('SearchConnection', (t) => ({
    facets: t.field({
      type: 'SearchFacets',
      description:
        'How what was found is spread over sections, authors, tags and years: what a reader may narrow it by.',
      resolve: (page) => page,
    }),
    correctedQuery: t.string({
      nullable: true,
      description:
        'What was searched for instead, because nothing has the words as they were given: the nearest words that are there. Null when the query itself was searched for.',
      resolve: ({ corrected }) => corrected,
    }),
    isComplete: t.boolean({
      description: `Whether everything that was found is in this list. Of more than ${mostRanked} matches only the newest ${mostRanked} are: then \`totalCount\` and \`facets\` are of these.`,
      resolve: ({ isWhole }) => isWhole,
    }),
  }));

  builder.queryField('search', (t) =>
    t.field({
      type: 'SearchConnection',
      complexity: (args) => paged(args, searching),
      description: `Pieces that have all the words of a query, in any of their forms, with or without accents, in the language of the piece. "Words in quotes" stand together in that order; \`or\` between words asks for either; \`-word\` excludes. A query without a word to look for finds nothing. A retracted piece is never found.

Ordered by \`score\` = log2(relevance) + published / 2 years: a piece that is two years older has half the weight. A word in the headline weighs 1, in the standfirst 0.4, in a name or tag 0.2, in the body 0.1, less in a longer piece, more where the words stand close together (PostgreSQL's \`ts_rank\`, normalised by the logarithm of the length).

Of a query with more than ${mostRanked} matches the newest ${mostRanked} are ranked, and \`isComplete\` is false; a filter reaches the others.`,
      args: {
        query: t.arg.string({
          required: true,
          description: `What to look for: at most ${longestQuery} characters.`,
        }),
        filter: t.arg({ type: 'ArticleFilter', description: 'Among which articles; all when absent.' }),
        orderBy: t.arg({ type: 'SearchOrder', defaultValue: 'RELEVANCE', description: 'In which order.' }),
        ...forwardArguments(t.arg),
      },
      resolve: (_root, { query, filter, orderBy, first, after }, { db, viewer, now, site }, info) =>
        search(
          db,
          { viewer, now },
          {
            query,
            filter: filterFrom(filter, viewer),
            order: orderBy ?? 'RELEVANCE',
            facetsIn: asksFor('facets', info) ? site.timeZone : null,
            first,
            after,
          },
        ),
    }),
  );
  defineSuggest(builder);
}

function defineFacets(builder: Builder): void {
  builder.objectType('SearchFacets', {
    description:
      'Counts of what a search found with all of its filters: at most 20 of each kind, those with most pieces first. When `isComplete` is false, of the newest matches only.',
    fields: (t) => ({
      counted: t.int({ description: 'How many pieces were counted.', resolve: ({ counted }) => counted }),
      isComplete: t.boolean({
        description: `Whether these are all that match: false when there are more than ${mostRanked}, of which the newest were counted.`,
        resolve: ({ isWhole }) => isWhole,
      }),
      sections: t.field({
        type: ['SectionFacet'],
        complexity: about(1),
        description: 'By section; a piece counts for its section and for each above it.',
        resolve: async (page, _args, { loaders }) =>
          (await countedThings(page, 'section', (id) => loaders.section.byId.load(id))).map(({ count, thing }) => ({
            count,
            section: thing,
          })),
      }),
      authors: t.field({
        type: ['AuthorFacet'],
        complexity: about(1),
        description: 'By author.',
        resolve: async (page, _args, { loaders }) =>
          (await countedThings(page, 'author', (id) => loaders.author.byId.load(id))).map(({ count, thing }) => ({
            count,
            author: thing,
          })),
      }),
      tags: t.field({
        type: ['TagFacet'],
        complexity: about(1),
        description: 'By tag.',
        resolve: async (page, _args, { loaders }) =>
          (await countedThings(page, 'tag', (id) => loaders.tag.byId.load(id))).map(({ count, thing }) => ({
            count,
            tag: thing,
          })),
      }),
      years: t.field({
        type: ['YearFacet'],
        complexity: about(1),
        description: 'By year of publication, in the publication’s time zone; latest year first.',
        resolve: ({ facets }, _args, { site }) =>
          facets
            .flatMap(({ kind, year, count }) =>
              kind === 'year' && year !== null ? [{ year, count, timeZone: site.timeZone }] : [],
            )
            .sort((one, other) => other.year - one.year),
      }),
    }),
  });
  builder.objectType('SectionFacet', {
    description: 'How many of the pieces that were found stand in one section.',
    fields: (t) => ({
      section: t.field({ type: 'Section', description: 'The section.', resolve: ({ section }) => section }),
      count: t.exposeInt('count', { description: countDescription }),
    }),
  });
  builder.objectType('AuthorFacet', {
    description: 'How many of the pieces that were found one author signed.',
    fields: (t) => ({
      author: t.field({ type: 'Author', description: 'The author.', resolve: ({ author }) => author }),
      count: t.exposeInt('count', { description: countDescription }),
    }),
  });
  builder.objectType('TagFacet', {
    description: 'How many of the pieces that were found carry one tag.',
    fields: (t) => ({
      tag: t.field({ type: 'Tag', description: 'The tag.', resolve: ({ tag }) => tag }),
      count: t.exposeInt('count', { description: countDescription }),
    }),
  });
  builder.objectType('YearFacet', {
    description: 'How many of the pieces that were found were published in one year.',
    fields: (t) => ({
      year: t.exposeInt('year', { description: 'The year.' }),
      count: t.exposeInt('count', { description: countDescription }),
    }),
  });
}

function defineSuggest(builder: Builder): void {
  builder.objectType('Suggestion', {
    description: 'Something that a reader who is still typing may be looking for.',
    fields: (t) => ({
      text: t.exposeString('text', { description: 'Its name or headline, as plain text.' }),
      node: t.field({
        type: builder.nodeInterfaceRef(),
        nullable: true,
        description: 'The section, author, tag or article itself; null when it went a moment ago.',
        resolve: async ({ kind, id }, _args, { loaders }) => {
          const typename = { section: 'Section', author: 'Author', tag: 'Tag', article: 'Article' }[kind];
          const found = await loaders[kind].byId.load(id);
          if (found) brandWithType(found, typename as never);
          return found;
        },
      }),
    }),
  });

  builder.queryField('suggest', (t) =>
    t.field({
      type: ['Suggestion'],
      complexity: (args) => listed(args, searching),
      description:
        'What a reader may be looking for who has typed this much: sections, authors and tags whose names have all the words, the last of them begun, then headlines, newest first. Accents do not matter; only what the viewer may see is suggested, and names only when a visible piece carries them.',
      args: {
        prefix: t.arg.string({
          required: true,
          description: `What has been typed: at least 2 characters of the last word, at most ${longestQuery} in all. Less is answered with nothing.`,
        }),
        first: t.arg.int({ defaultValue: 8, description: `How many at most: 1 to ${mostSuggested}.` }),
      },
      resolve: (_root, { prefix, first }, { db, viewer, now }) => {
        const count = numberUpTo(mostSuggested, 'first', first, 8);
        if (prefix.length > longestQuery) {
          throw badInput(`\`prefix\` has ${prefix.length} characters; at most ${longestQuery} can be looked for.`);
        }
        const typed = typedWords(prefix);
        return typed && (typed.before !== '' || typed.last.length > 1)
          ? suggestionsFor(db, { viewer, now }, typed, count)
          : [];
      },
    }),
  );
}

import type { VNode } from 'preact';
import type { SearchQuery } from '../../generated/operations.js';
import { type Frame, NotUnderstood, type PageKind, type ShownPage } from '../page.js';
import { addresses } from '../parts/addresses.js';
import { SearchForm } from '../parts/search-form.js';
import { Teaser } from '../parts/teaser.js';
import { words } from '../words.js';
import { yearIn } from './year.js';

type Found = SearchQuery['search'];

const piecesAPage = 20;
const shownOfEach = 6;

const facetKinds = ['section', 'author', 'tag', 'year'] as const;
type FacetKind = (typeof facetKinds)[number];

/** What the address asks for: the words, what they are narrowed by, and the order. */
type Options = Readonly<Record<string, string>>;

interface Facet {
  /** As the address has it. */
  value: string;
  name: string;
  count: number;
}

/** What readers look for, and what it may be narrowed by. */
export const searchPage: PageKind = {
  path: '/search',
  options: ['q', ...facetKinds, 'order', 'after'],
  async make({ ask, documents, options, paper }) {
    const query = options['q']?.trim() ?? '';
    if (query === '') return pageOf(options, 200, () => <p class="small">{words.searchHint}</p>);
    const { year, section, author, tag, order, after } = options;
    const filter = {
      ...(section === undefined ? {} : { sections: [section] }),
      ...(author === undefined ? {} : { authors: [author] }),
      ...(tag === undefined ? {} : { tags: [tag] }),
      ...(year === undefined ? {} : yearIn((await paper()).timeZone, year)),
    };
    try {
      const { search: found } = await ask(documents.search, {
        query,
        filter,
        first: piecesAPage,
        orderBy: order === 'date' ? 'PUBLISHED_AT_DESC' : 'RELEVANCE',
        ...(after === undefined ? {} : { after }),
      });
      return pageOf(options, 200, (publication) => (
        <Results found={found} query={query} options={options} paper={publication} />
      ));
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      return pageOf(options, 400, () => (
        <p class="notice" role="alert">
          {error.message}
        </p>
      ));
    }
  },
};

function pageOf(
  options: Options,
  status: ShownPage['status'],
  content: (paper: Frame['publication']) => VNode,
): ShownPage {
  const { q = '', order } = options;
  return {
    status,
    isSearch: true,
    about: {
      title: q === '' ? words.search : `${words.search}: ${q}`,
      // The paper is not to be found by what its readers looked for.
      isPrivate: true,
    },
    content: ({ publication }) => (
      <>
        <header class="title">
          <h1>{words.search}</h1>
          <SearchForm query={q} order={order} />
        </header>
        {content(publication)}
      </>
    ),
  };
}

interface ResultsProps {
  found: Found;
  query: string;
  options: Options;
  paper: Frame['publication'];
}

function Results({ found, query, options, paper }: ResultsProps) {
  const { edges, totalCount, isComplete, correctedQuery, pageInfo } = found;
  const { after, ...asked } = options;
  const facets = facetsIn(found);
  const corrected = correctedQuery ? (
    <p class="corrected">
      {words.correctedFrom(query)}{' '}
      <a href={addresses.search({ ...asked, q: correctedQuery })}>
        <strong>{correctedQuery}</strong>
      </a>
      ?
    </p>
  ) : null;
  return (
    <div class="found">
      <div class="hits">
        {corrected}
        <Narrowed asked={asked} facets={facets} />
        {totalCount === 0 ? (
          <p>{words.nothingFound(query)}</p>
        ) : (
          <p class="counted">
            <span>{words.found(totalCount, isComplete)}</span>
            <Order asked={asked} />
            <a class="to-facets" href="#narrow">
              {words.narrow}
            </a>
          </p>
        )}
        <div class="list">
          {edges.map(({ node: { article, snippet } }) => (
            <Teaser card={article} snippet={snippet} paper={paper} level={2} />
          ))}
        </div>
        {after !== undefined || pageInfo.hasNextPage ? (
          <nav class="pager" aria-label={words.moreFound}>
            {after === undefined ? <span /> : <a href={addresses.search(asked)}>{words.firstFound}</a>}
            {pageInfo.hasNextPage && pageInfo.endCursor ? (
              <a rel="next" href={addresses.search({ ...asked, after: pageInfo.endCursor })}>
                {words.moreFound}
              </a>
            ) : null}
          </nav>
        ) : null}
      </div>
      <Facets asked={asked} facets={facets} />
    </div>
  );
}

function facetsIn({ facets }: Found): Record<FacetKind, Facet[]> {
  const { sections, authors, tags, years } = facets;
  const named = ({ slug, name }: { slug: string; name: string }, count: number): Facet => ({
    value: slug,
    name,
    count,
  });
  return {
    section: sections.map(({ section, count }) => named(section, count)),
    author: authors.map(({ author, count }) => named(author, count)),
    tag: tags.map(({ tag, count }) => named(tag, count)),
    year: years.map(({ year, count }) => ({ value: String(year), name: String(year), count })),
  };
}

/** What the search is narrowed by already, each with the way out of it. */
function Narrowed({ asked, facets }: { asked: Options; facets: Record<FacetKind, Facet[]> }) {
  const chosen = facetKinds.filter((kind) => asked[kind] !== undefined);
  if (chosen.length === 0) return null;
  return (
    <ul class="inline narrowed" aria-label={words.narrowed}>
      {chosen.map((kind) => {
        const name = facets[kind].find(({ value }) => value === asked[kind])?.name ?? asked[kind] ?? '';
        return (
          <li>
            <a href={addresses.search({ ...asked, [kind]: undefined })} aria-label={words.widen(name)}>
              {words.facets[kind]}: <strong>{name}</strong> <span aria-hidden="true">×</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function Order({ asked }: { asked: Options }) {
  const isByDate = asked['order'] === 'date';
  return (
    <span>
      {isByDate ? (
        <a href={addresses.search({ ...asked, order: undefined })}>{words.byRelevance}</a>
      ) : (
        <strong>{words.byRelevance}</strong>
      )}
      {' | '}
      {isByDate ? (
        <strong>{words.byDate}</strong>
      ) : (
        <a href={addresses.search({ ...asked, order: 'date' })}>{words.byDate}</a>
      )}
    </span>
  );
}

/** Links that narrow the search by one thing more. */
function Facets({ asked, facets }: { asked: Options; facets: Record<FacetKind, Facet[]> }) {
  const offered = facetKinds
    .filter((kind) => asked[kind] === undefined && facets[kind].length > 0)
    .map((kind) => ({ kind, some: facets[kind].slice(0, shownOfEach) }));
  if (offered.length === 0) return null;
  return (
    <nav class="facets" id="narrow" aria-labelledby="narrow-title">
      <h2 id="narrow-title" class="label">
        {words.narrow}
      </h2>
      {offered.map(({ kind, some }) => (
        <section aria-label={words.facets[kind]}>
          <h3>{words.facets[kind]}</h3>
          <ul>
            {some.map(({ value, name, count }) => (
              <li>
                <a href={addresses.search({ ...asked, [kind]: value })}>{name}</a> <span class="count">{count}</span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

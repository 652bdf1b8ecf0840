import type { PageKind } from '../page.js';
import { addresses } from '../parts/addresses.js';
import { Figure, Pager, Teaser } from '../parts/teaser.js';
import { words } from '../words.js';
import { elsewhere, missing } from './elsewhere.js';
import { positionIn } from './position.js';

const piecesAPage = 20;

/** Who somebody is, and what they wrote. */
export const authorPage: PageKind = {
  path: /^\/author\/(?<slug>[^/]+)\/$/,
  options: ['after', 'before'],
  async make(asking) {
    const { ask, documents, parameters, options } = asking;
    const asked = { slug: parameters['slug'] ?? '', ...positionIn(options, piecesAPage) };
    const { author } = await ask(documents.author, asked);
    const path = addresses.author(asked.slug);
    if (!author) return elsewhere(asking, path);
    const { slug, name, affiliation, bio, links, image, articles, articleCount } = author;
    return {
      status: 200,
      about: {
        title: name,
        description: bio ?? affiliation,
        path,
        image,
        type: 'profile',
        feed: { title: name, path: `/feeds/authors/${encodeURIComponent(slug)}` },
        data: ({ url }) => ({
          '@context': 'https://schema.org',
          '@type': 'ProfilePage',
          mainEntity: {
            '@type': 'Person',
            name,
            url: new URL(path, url).href,
            ...(bio ? { description: bio } : {}),
            ...(affiliation ? { affiliation: { '@type': 'Organization', name: affiliation } } : {}),
            ...(links.length > 0 ? { sameAs: links } : {}),
          },
        }),
      },
      content: ({ publication: paper }) => (
        <>
          <header class="title">
            {image ? <Figure image={image} isFirst /> : null}
            <h1>{name}</h1>
            {affiliation ? <p class="standfirst">{affiliation}</p> : null}
            {bio ? <p>{bio}</p> : null}
            {links.length > 0 ? (
              <ul class="inline">
                {links.map((link) => (
                  <li>
                    <a rel="nofollow" href={link}>
                      {new URL(link).host}
                    </a>
                  </li>
                ))}
              </ul>
            ) : null}
            <p class="small">{words.pieces(articleCount)}</p>
          </header>
          <div class="list">
            {articles.nodes.map((card) => (
              <Teaser card={card} paper={paper} level={2} />
            ))}
          </div>
          <Pager path={path} pageInfo={articles.pageInfo} />
        </>
      ),
    };
  },
};

/** What is about one thing. */
export const tagPage: PageKind = {
  path: /^\/tag\/(?<slug>[^/]+)\/$/,
  options: ['after', 'before'],
  async make(asking) {
    const { ask, documents, parameters, options } = asking;
    const asked = { slug: parameters['slug'] ?? '', ...positionIn(options, piecesAPage) };
    const { tag } = await ask(documents.tag, asked);
    const path = addresses.tag(asked.slug);
    if (!tag) return elsewhere(asking, path);
    const { slug, name, articles } = tag;
    return {
      status: 200,
      about: { title: name, path, feed: { title: name, path: `/feeds/tags/${encodeURIComponent(slug)}` } },
      content: ({ publication: paper }) => (
        <>
          <header class="title">
            <h1>{name}</h1>
          </header>
          <div class="list">
            {articles.nodes.map((card) => (
              <Teaser card={card} paper={paper} level={2} />
            ))}
          </div>
          {articles.nodes.length === 0 ? <p>{words.nothingHere}</p> : null}
          <Pager path={path} pageInfo={articles.pageInfo} />
        </>
      ),
    };
  },
};

const kinds = { PUBLICATION: words.publication, SERIES: words.series, PACKAGE: words.package };

/** A publication, a series or a package, in its editor’s order. */
export const collectionPage: PageKind = {
  path: /^\/collection\/(?<slug>[^/]+)\/$/,
  options: ['after'],
  async make({ ask, documents, parameters, options }) {
    const { after } = options;
    const asked = { slug: parameters['slug'] ?? '', first: piecesAPage, ...(after === undefined ? {} : { after }) };
    const { collection } = await ask(documents.collection, asked);
    if (!collection) return missing();
    const { slug, kind, title, description, articles } = collection;
    const path = addresses.collection(slug);
    return {
      status: 200,
      about: { title, description, path },
      content: ({ publication: paper }) => (
        <>
          <header class="title">
            <p class="kicker">{kinds[kind]}</p>
            <h1>{title}</h1>
            {description ? <p class="standfirst">{description}</p> : null}
          </header>
          <div class="list">
            {articles.nodes.map((card) => (
              <Teaser card={card} paper={paper} level={2} />
            ))}
          </div>
          {articles.nodes.length === 0 ? <p>{words.nothingHere}</p> : null}
          <Pager path={path} pageInfo={articles.pageInfo} />
        </>
      ),
    };
  },
};

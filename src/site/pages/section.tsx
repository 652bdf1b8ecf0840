import type { PageKind } from '../page.js';
import { addresses } from '../parts/addresses.js';
import { Piece } from '../parts/piece.js';
import { Pager } from '../parts/teaser.js';
import { words } from '../words.js';
import { elsewhere } from './elsewhere.js';
import { positionIn } from './position.js';

/** As many whole pieces as make a page that is read, not scrolled through. */
const piecesAPage = 4;

/** A section’s front, which runs on from piece to piece, each whole. */
export const sectionPage: PageKind = {
  path: /^\/section\/(?<slug>[^/]+)\/$/,
  options: ['after', 'before'],
  async make(asking) {
    const { ask, documents, parameters, options } = asking;
    const { section } = await ask(documents.section, {
      slug: parameters['slug'] ?? '',
      ...positionIn(options, piecesAPage),
    });
    const path = addresses.section(parameters['slug'] ?? '');
    if (!section) return elsewhere(asking, path);
    const { slug, name, description, parent, children, articles } = section;
    return {
      status: 200,
      about: {
        title: name,
        description,
        path,
        feed: { title: name, path: `/feeds/sections/${encodeURIComponent(slug)}` },
        data: ({ url }) => ({
          '@context': 'https://schema.org',
          '@type': 'CollectionPage',
          name,
          url: new URL(path, url).href,
          ...(description ? { description } : {}),
        }),
      },
      content: ({ publication: paper }) => (
        <>
          <header class="title">
            {parent ? (
              <p class="kicker">
                <a href={addresses.section(parent.slug)}>{parent.name}</a>
              </p>
            ) : null}
            <h1>{name}</h1>
            {description ? <p class="standfirst">{description}</p> : null}
            {children.length > 0 ? (
              <ul class="inline" aria-label={words.parts}>
                {children.map((child) => (
                  <li>
                    <a href={addresses.section(child.slug)}>{child.name}</a>
                  </li>
                ))}
              </ul>
            ) : null}
          </header>
          <div class="running">
            {articles.nodes.map((piece, index) => (
              <>
                <Piece piece={piece} paper={paper} level={2} isFirst={index === 0} />
                <p class="on">
                  <a href={piece.path} aria-label={`${words.continueReading}: ${piece.headline}`}>
                    {words.continueReading}
                  </a>{' '}
                  <a href={`${piece.path}#comments`} aria-label={`${words.comments}: ${piece.headline}`}>
                    {piece.commentCount > 0 ? words.commentCount(piece.commentCount) : words.comments}
                  </a>
                </p>
              </>
            ))}
          </div>
          {articles.nodes.length === 0 ? <p>{words.nothingHere}</p> : null}
          <Pager path={path} pageInfo={articles.pageInfo} />
        </>
      ),
    };
  },
};

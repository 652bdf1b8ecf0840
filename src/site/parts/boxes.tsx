import type { Frame } from '../page.js';
import { words } from '../words.js';
import { addresses } from './addresses.js';

/** “Latest”: what the live feed adds to without a reload. */
function Latest({ latestFeed }: Frame) {
  const entries = latestFeed.entries.nodes;
  return (
    <section class="box" id="latest" aria-labelledby="latest-title" data-cursor={latestFeed.cursor}>
      <h2 id="latest-title">{words.latest}</h2>
      <ol class="latest" aria-live="polite">
        {entries.map(({ article, section, headline, teaser, age, publishedAt }) => (
          <li data-id={article.id}>
            <p class="kicker">
              <a href={addresses.section(section.slug)}>{section.name}</a> <time dateTime={publishedAt}>{age}</time>
            </p>
            <h3 lang={article.language}>
              <a href={article.path}>{headline}</a>
            </h3>
            <p class="excerpt" lang={article.language}>
              {teaser}
            </p>
          </li>
        ))}
      </ol>
      {entries.length === 0 ? <p class="small">{words.latestEmpty}</p> : null}
    </section>
  );
}

function Publications({ collections }: Frame) {
  if (collections.nodes.length === 0) return null;
  return (
    <section class="box" aria-labelledby="publications-title">
      <h2 id="publications-title">{words.publications}</h2>
      <ul>
        {collections.nodes.map(({ slug, title, description }) => (
          <li>
            <h3>
              <a href={addresses.collection(slug)}>{title}</a>
            </h3>
            {description ? <p class="excerpt">{description}</p> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Trending({ trending }: Frame) {
  if (trending.length === 0) return null;
  return (
    <section class="box" id="trending" aria-labelledby="trending-title">
      <h2 id="trending-title">{words.trending}</h2>
      <ol class="trending">
        {trending.map(({ rank, article }) => (
          <li>
            <span class="rank">{rank}</span>
            <div>
              <p class="kicker">
                <a href={addresses.section(article.section.slug)}>{article.section.name}</a>
              </p>
              <h3>
                <a href={article.path}>{article.headline}</a>
              </h3>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What stands beside every text. */
export function Boxes({ frame }: { frame: Frame }) {
  return (
    <aside class="boxes">
      <Publications {...frame} />
      <Latest {...frame} />
      <Trending {...frame} />
    </aside>
  );
}

import type { VNode } from 'preact';
import type { Frame } from '../page.js';
import { words } from '../words.js';
import { addresses } from './addresses.js';
import { Day } from './dates.js';

/** What a piece shows of itself where it is not the page. */
export interface Card {
  path: string;
  headline: string;
  excerpt?: string;
  language: string;
  publishedAt: string | null;
  byline: string;
  section: { slug: string; name: string };
}

export interface Picture {
  url: string;
  alt: string;
  credit?: string | null;
  caption?: string | null;
  width: number | null;
  height: number | null;
}

export function Figure({ image, isFirst = false }: { image: Picture; isFirst?: boolean }) {
  const { url, alt, width, height, caption, credit } = image;
  const size = width && height ? { width, height } : {};
  return (
    <figure class="picture">
      <img src={url} alt={alt} {...size} loading={isFirst ? 'eager' : 'lazy'} decoding="async" />
      {caption || credit ? (
        <figcaption>
          {caption ? <span>{caption} </span> : null}
          {credit ? (
            <small>
              {words.imageCredit}: {credit}
            </small>
          ) : null}
        </figcaption>
      ) : null}
    </figure>
  );
}

export function Kicker({ section }: { section: { slug: string; name: string } }) {
  return (
    <p class="kicker">
      <a href={addresses.section(section.slug)}>{section.name}</a>
    </p>
  );
}

interface TeaserProps {
  card: Card;
  paper: Frame['publication'];
  level?: 2 | 3;
  text?: string | undefined;
  /** The words that a search found, in place of `text`: HTML, escaped by the graph but for its marks. */
  snippet?: string;
  showsSection?: boolean;
  children?: VNode | null;
}

export function Teaser({
  card,
  paper,
  level = 3,
  text = card.excerpt,
  snippet,
  showsSection = true,
  children,
}: TeaserProps) {
  const Heading = `h${level}` as const;
  return (
    <article class="teaser" lang={card.language}>
      {children}
      {showsSection ? <Kicker section={card.section} /> : null}
      <Heading>
        <a href={card.path}>{card.headline}</a>
      </Heading>
      {snippet ? <p class="excerpt" dangerouslySetInnerHTML={{ __html: snippet }} /> : null}
      {text && !snippet ? <p class="excerpt">{text}</p> : null}
      <p class="small">
        {card.byline ? <span class="by">{card.byline}</span> : null}
        {card.publishedAt ? <Day at={card.publishedAt} paper={paper} /> : null}
      </p>
    </article>
  );
}

interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage?: boolean;
  startCursor?: string | null;
  endCursor: string | null;
}

/** The way to the neighbouring pages of a list, by its cursors. */
export function Pager({ path, pageInfo }: { path: string; pageInfo: PageInfo }) {
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo;
  if (!hasNextPage && !hasPreviousPage) return null;
  return (
    <nav class="pager" aria-label={`${words.newer}, ${words.older}`}>
      {hasPreviousPage && startCursor ? (
        <a rel="prev" href={`${path}?before=${startCursor}`}>
          {words.newer}
        </a>
      ) : (
        <span />
      )}
      {hasNextPage && endCursor ? (
        <a rel="next" href={`${path}?after=${endCursor}`}>
          {words.older}
        </a>
      ) : null}
    </nav>
  );
}

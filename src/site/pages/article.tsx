import { readersAddress } from '../../addresses.js';
import type { ArticlePageQuery } from '../../generated/operations.js';
import type { Frame, PageKind } from '../page.js';
import { addresses } from '../parts/addresses.js';
import { Comments } from '../parts/comments.js';
import { Day } from '../parts/dates.js';
import { Piece } from '../parts/piece.js';
import { Teaser } from '../parts/teaser.js';
import { words } from '../words.js';
import { elsewhere, missing } from './elsewhere.js';

export type Article = NonNullable<ArticlePageQuery['article']>;

/** A piece, at whatever address the paper gave it; also what stood at an address before. */
export const articlePage: PageKind = {
  path: readersAddress,
  options: ['preview', 'commentsAfter', 'comment'],
  isPrivate: ({ preview }) => preview !== undefined,
  async make(asking) {
    const { ask, documents, parameters, options, refused } = asking;
    const path = `/${parameters['path'] ?? ''}`;
    const { preview, commentsAfter } = options;
    const { article } = await ask(documents.article, {
      path,
      ...(preview === undefined ? {} : { preview }),
      ...(commentsAfter === undefined ? {} : { commentsAfter }),
    });
    if (!article) return preview === undefined ? elsewhere(asking, path) : missing();
    const { headline, standfirst, excerpt, leadImage } = article;
    return {
      status: refused?.status ?? 200,
      about: {
        title: headline,
        description: standfirst ?? excerpt,
        path,
        canonical: article.canonicalUrl,
        image: leadImage,
        type: 'article',
        feed: { title: article.section.name, path: `/feeds/sections/${encodeURIComponent(article.section.slug)}` },
        data: (paper) => newsArticle(article, paper),
        meta: {
          'article:published_time': article.firstPublishedAt ?? article.publishedAt,
          'article:modified_time': article.updatedAt,
          'article:section': article.section.name,
        },
        isPrivate: preview !== undefined || refused !== undefined,
      },
      content: ({ publication: paper }) => (
        <>
          {preview === undefined ? null : <p class="notice">{words.preview(article.revision)}</p>}
          <Piece piece={article} paper={paper} level={1} />
          <Corrections article={article} paper={paper} />
          <Topics tags={article.tags} />
          <Onward article={article} paper={paper} />
          {preview === undefined ? (
            <Comments
              article={article}
              paper={paper}
              outcome={options['comment']}
              after={commentsAfter}
              refused={refused}
            />
          ) : null}
        </>
      ),
    };
  },
};

function Corrections({ article: { corrections, language }, paper }: { article: Article; paper: Frame['publication'] }) {
  if (corrections.length === 0) return null;
  return (
    <section class="corrections" aria-labelledby="corrections">
      <h2 id="corrections">{words.corrections}</h2>
      <ul>
        {corrections.map(({ text, at }) => (
          <li>
            <Day at={at} paper={paper} />: <span lang={language}>{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Topics({ tags }: { tags: Article['tags'] }) {
  if (tags.length === 0) return null;
  return (
    <ul class="inline topics" aria-label={words.topics}>
      {tags.map(({ slug, name }) => (
        <li>
          <a rel="tag" href={addresses.tag(slug)}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** “Continue Reading”: the next older piece of the section, and what is like this one. */
function Onward({ article: { next, previous, related }, paper }: { article: Article; paper: Frame['publication'] }) {
  const others = related.filter(({ path }) => path !== next?.path);
  return (
    <div class="onward">
      {next ? (
        <section aria-labelledby="continue">
          <h2 id="continue" class="label">
            {words.continueReading}
          </h2>
          <Teaser card={next} paper={paper} level={3} />
        </section>
      ) : null}
      {others.length > 0 ? (
        <section aria-labelledby="related">
          <h2 id="related" class="label">
            {words.related}
          </h2>
          {others.slice(0, 3).map((card) => (
            <Teaser card={card} text="" paper={paper} level={3} />
          ))}
        </section>
      ) : null}
      {previous ? (
        <p class="small">
          {words.previously}: <a href={previous.path}>{previous.headline}</a>
        </p>
      ) : null}
    </div>
  );
}

/** schema.org/NewsArticle, as search engines read it. */
function newsArticle(article: Article, { name, url, language }: Frame['publication']): object {
  const { bylines, leadImage, corrections, source } = article;
  const home = url.replace(/\/$/, '');
  const corrected = corrections.map(({ text, at }) => ({ '@type': 'CorrectionComment', text, datePublished: at }));
  return {
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    mainEntityOfPage: article.url,
    headline: article.headline,
    description: article.standfirst ?? article.excerpt,
    articleSection: article.section.name,
    inLanguage: article.language || language,
    datePublished: article.firstPublishedAt ?? article.publishedAt,
    dateModified: article.updatedAt,
    wordCount: article.body.wordCount,
    commentCount: article.commentCount,
    keywords: article.tags.map((tag) => tag.name),
    isAccessibleForFree: true,
    author: bylines
      .filter(({ role }) => role === 'WRITER' || role === 'CONTRIBUTOR')
      .map(({ name: author, affiliation, author: known }) => ({
        '@type': 'Person',
        name: author,
        ...(known ? { url: `${home}${addresses.author(known.slug)}` } : {}),
        ...(affiliation ? { affiliation: { '@type': 'Organization', name: affiliation } } : {}),
      })),
    publisher: { '@type': 'NewsMediaOrganization', name, url },
    ...(leadImage
      ? {
          image: {
            '@type': 'ImageObject',
            url: leadImage.url,
            caption: leadImage.caption ?? leadImage.alt,
            ...(leadImage.credit ? { creditText: leadImage.credit } : {}),
          },
        }
      : {}),
    ...(corrected.length > 0 ? { correction: corrected } : {}),
    ...(source ? { sourceOrganization: { '@type': 'Organization', name: source.partner.name } } : {}),
  };
}

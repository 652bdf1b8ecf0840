import { anyone, type Sight } from '../../access/viewer.js';
import { answerWith, lifeUntil } from '../../http/conditional.js';
import { plain, type Route } from '../../http/route.js';
import { XmlWriter } from '../../http/xml.js';
import type { Services } from '../../services.js';
import { pageOfAll } from '../article/lists.js';
import { siteUrl } from '../feed/document.js';
import { nextAppearance } from '../feed/read.js';
import { sitemapPart, sitemapParts } from './read.js';
import { newsLanguage, newsSince } from './rules.js';

const namespace = 'http://www.sitemaps.org/schemas/sitemap/0.9';
const newsNamespace = 'http://www.google.com/schemas/sitemap-news/0.9';
const mostNews = 1000;

/** The index of the map of all pieces (sitemaps.org protocol 0.9). There is always a first part. */
const index: Route = {
  method: 'GET',
  path: '/sitemap.xml',
  async handle(request, services) {
    const sight = publicSight(services);
    const parts = await sitemapParts(services.db, sight);
    const xml = new XmlWriter().open('sitemapindex', { xmlns: namespace });
    for (const { part, changedAt } of parts.length > 0 ? parts : [{ part: 1, changedAt: null }]) {
      xml
        .open('sitemap')
        .leaf('loc', `${services.site.url}/sitemap-${part}.xml`)
        .leaf('lastmod', changedAt?.toISOString())
        .close();
    }
    return answerMap(
      request,
      services,
      sight,
      xml,
      parts.map(({ changedAt }) => changedAt),
    );
  },
};

/** One part of the map: at most 10,000 pieces, each with the moment at which it last changed. */
const part: Route = {
  method: 'GET',
  path: /^\/sitemap-(?<number>[1-9]\d{0,4})\.xml$/,
  async handle(request, services, { number }) {
    const sight = publicSight(services);
    const pieces = await sitemapPart(services.db, sight, Number(number));
    if (pieces.length === 0 && number !== '1') return plain(404, 'The sitemap has no such part; see /sitemap.xml.\n');
    const xml = new XmlWriter().open('urlset', { xmlns: namespace });
    for (const { path, changedAt } of pieces) {
      xml.open('url').leaf('loc', siteUrl(services.site, path)).leaf('lastmod', changedAt.toISOString()).close();
    }
    return answerMap(
      request,
      services,
      sight,
      xml,
      pieces.map(({ changedAt }) => changedAt),
    );
  },
};

/** The news map, as Google News reads it: what was first published in the last two days, at most 1,000. */
const news: Route = {
  method: 'GET',
  path: '/sitemap-news.xml',
  async handle(request, services) {
    const { db, site } = services;
    const sight = publicSight(services);
    const since = newsSince(sight.now);
    const page = { size: mostNews, backward: false };
    const rows = await pageOfAll(db, sight, { publishedAfter: since }, 'PUBLISHED_AT_DESC', page);
    // An editor may have moved an old piece to the top; that does not make it news.
    const pieces = rows
      .slice(0, mostNews)
      .filter(({ firstPublishedAt }) => firstPublishedAt !== null && firstPublishedAt > since);
    const xml = new XmlWriter().open('urlset', { xmlns: namespace, 'xmlns:news': newsNamespace });
    for (const { path, headline, language, firstPublishedAt } of pieces) {
      xml
        .open('url')
        .leaf('loc', siteUrl(site, path))
        .open('news:news')
        .open('news:publication')
        .leaf('news:name', site.name)
        .leaf('news:language', newsLanguage(language))
        .close()
        .leaf('news:publication_date', firstPublishedAt?.toISOString())
        .leaf('news:title', headline)
        .close()
        .close();
    }
    return answerMap(
      request,
      services,
      sight,
      xml,
      pieces.map(({ updatedAt, orderedAt }) => (updatedAt > orderedAt ? updatedAt : orderedAt)),
    );
  },
};

/** What robots may read (RFC 9309): all but the graph, which is for programs that know it. */
const robots: Route = {
  method: 'GET',
  path: '/robots.txt',
  handle: (request, { site }) =>
    answerWith(request, {
      body: [
        'User-agent: *',
        'Disallow: /graphql',
        'Allow: /',
        '',
        `Sitemap: ${site.url}/sitemap.xml`,
        `Sitemap: ${site.url}/sitemap-news.xml`,
        '',
      ].join('\n'),
      mediaType: 'text/plain; charset=utf-8',
      lastModified: null,
      maxAgeSeconds: 3600,
    }),
};

export const sitemapRoutes: readonly Route[] = [index, part, news, robots];

const publicSight = (services: Services): Sight => ({ viewer: anyone, now: services.clock() });

async function answerMap(
  request: Request,
  { db }: Services,
  { now }: Sight,
  xml: XmlWriter,
  changes: readonly Date[],
): Promise<Response> {
  const newest = changes.reduce<Date | null>((latest, date) => (latest && latest >= date ? latest : date), null);
  return answerWith(request, {
    body: xml.close().toString(),
    mediaType: 'application/xml; charset=utf-8',
    lastModified: newest,
    maxAgeSeconds: lifeUntil(await nextAppearance(db, null, now), now),
  });
}

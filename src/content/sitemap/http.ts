import { anyone, asReader, type Sight } from '../../access/viewer.js';
import { answerWith, type Representation } from '../../http/conditional.js';
import { Content } from '../../http/content.js';
import { answerPublic } from '../../http/public.js';
import { type Asked, plain, type Route } from '../../http/route.js';
import { XmlWriter } from '../../http/xml.js';
import { eachInTime } from '../../turns.js';
import { pageOfAll } from '../article/lists.js';
import { siteUrl } from '../feed/document.js';
import { nextAppearance } from '../feed/read.js';
import { sitemapPart, sitemapParts } from './read.js';
import { newsLanguage, newsSince } from './rules.js';

const namespace = 'http://www.sitemaps.org/schemas/sitemap/0.9';
const newsNamespace = 'http://www.google.com/schemas/sitemap-news/0.9';
const mostNews = 1000;

/**
 * The index of the map of all pieces (sitemaps.org protocol 0.9). There is always a first part. A partner is told of all parts
 * and of no date: what it may have of each is only known by reading all of it.
 */
const index: Route = {
  method: 'GET',
  path: '/sitemap.xml',
  handle: (request, asked) =>
    answerPublic(request, asked, async (services) => {
      const sight = publicSight(services);
      const parts = await sitemapParts(services.db, toAnyone(sight));
      const xml = new XmlWriter().open('sitemapindex', { xmlns: namespace });
      for (const { part, changedAt } of parts.length > 0 ? parts : [{ part: 1, changedAt: null }]) {
        xml
          .open('sitemap')
          .leaf('loc', `${services.site.url}/sitemap-${part}.xml`)
          .leaf('lastmod', sight.viewer.role === 'partner' ? undefined : changedAt?.toISOString())
          .close();
      }
      return mapOf(services, sight, xml);
    }),
};

/** One part of the map: at most 10,000 pieces, each with the moment at which it last changed. */
const part: Route = {
  method: 'GET',
  path: /^\/sitemap-(?<number>[1-9]\d{0,4})\.xml$/,
  handle: (request, asked, { number }) =>
    answerPublic(request, asked, async (services) => {
      const sight = publicSight(services);
      const pieces = await sitemapPart(services.db, sight, Number(number));
      if (pieces.length === 0 && number !== '1' && !(await isPart(services, sight, Number(number))))
        return plain(404, 'The sitemap has no such part; see /sitemap.xml.\n');
      const xml = new XmlWriter().open('urlset', { xmlns: namespace });
      await eachInTime(pieces, ([path, changedAt]) => {
        const lastmod = new Date(changedAt).toISOString();
        xml.open('url').leaf('loc', siteUrl(services.site, path)).leaf('lastmod', lastmod).close();
      });
      return mapOf(services, sight, xml);
    }),
};

const toAnyone = (sight: Sight): Sight => ({ ...sight, viewer: anyone });

const isPart = async ({ db }: Asked, sight: Sight, number: number): Promise<boolean> =>
  (await sitemapParts(db, toAnyone(sight))).some(({ part }) => part === number);

/** The news map, as Google News reads it: what was first published in the last two days, at most 1,000. */
const news: Route = {
  method: 'GET',
  path: '/sitemap-news.xml',
  handle: (request, asked) =>
    answerPublic(request, asked, async (services) => {
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
      await eachInTime(pieces, ({ path, headline, language, firstPublishedAt }) => {
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
      });
      return mapOf(services, sight, xml);
    }),
};

/** What robots may read (RFC 9309): all but the graph, which is for programs that know it. */
const robots: Route = {
  method: 'GET',
  path: '/robots.txt',
  handle: (request, { site, ...asked }) =>
    answerWith(
      request,
      {
        content: new Content(
          [
            'User-agent: *',
            'Disallow: /graphql',
            'Allow: /',
            '',
            `Sitemap: ${site.url}/sitemap.xml`,
            `Sitemap: ${site.url}/sitemap-news.xml`,
            '',
          ].join('\n'),
        ),
        mediaType: 'text/plain; charset=utf-8',
        lastModified: null,
        changesAt: null,
        mostSeconds: 3600,
      },
      asked.clock(),
    ),
};

export const sitemapRoutes: readonly Route[] = [index, part, news, robots];

const publicSight = (asked: Asked): Sight => ({ viewer: asReader(asked.viewer), now: asked.clock() });

/** It goes by its tag alone: a piece that is withdrawn leaves no date in a map. */
async function mapOf({ db }: Asked, { now }: Sight, xml: XmlWriter): Promise<Representation> {
  return {
    content: new Content(xml.close().toString()),
    mediaType: 'application/xml; charset=utf-8',
    lastModified: null,
    changesAt: await nextAppearance(db, null, now),
  };
}

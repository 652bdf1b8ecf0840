import type { Sight } from '../../access/viewer.js';
import type { Site } from '../../config.js';
import type { Loaded } from '../../database/batching.js';
import type { Database } from '../../database/database.js';
import type { Page } from '../../database/keyset.js';
import { connectionFrom } from '../../graphql/connection.js';
import type { Loaders } from '../../graphql/context.js';
import { inTime } from '../../turns.js';
import type { BodyTree } from '../article/body/tree.js';
import { pageOfAll, placeOf } from '../article/lists.js';
import type { BylineRow } from '../article/read.js';
import { rightsOf, teaserOf } from '../article/rights.js';
import type { ArticleRow } from '../article/row.js';
import { letGoAfter, settle } from '../change/partner-log.js';
import { authorPath, sectionPath, tagPath } from '../path/rules.js';
import { absolute } from './body.js';
import {
  type FeedDocument,
  type FeedEntry,
  type FeedImage,
  type FeedPages,
  type FeedPerson,
  type FeedSource,
  type FeedWithdrawal,
  pictureType,
  siteUrl,
  urnOf,
} from './document.js';
import { type FeedOwner, mostWithdrawals, type WithdrawalSpan, withdrawalsIn } from './read.js';

/** What a feed is of, and what it is called. */
export interface FeedScope {
  readonly owner: FeedOwner;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly homeUrl: string;
}

export interface FeedAsked {
  readonly content: 'full' | 'teaser';
  /** The name under which cursors of this list are given out; the graph's own, so that its cursors serve here too. */
  readonly list: string;
  readonly page: Page;
  /** The address of a page of this feed that begins after, or ends before, a cursor. */
  readonly addressOf: (position: { after?: string; before?: string }) => string;
  readonly self: string;
}

export interface FeedSources {
  readonly db: Database;
  readonly site: Site;
  readonly loaders: Loaders;
  readonly sight: Sight;
}

const order = 'PUBLISHED_AT_DESC';
const daysToldOfWithdrawals = 30;
/** How far a partner's log is written on for a feed; the jobs do the rest. */
const mostRounds = 4;

/** The feed as it is now: the page of the graph's own list, and around it what each format tells of it. */
export async function feedDocument(scope: FeedScope, asked: FeedAsked, sources: FeedSources): Promise<FeedDocument> {
  const { db, site, loaders, sight } = sources;
  const { owner, ...about } = scope;
  const { page, list } = asked;
  const content = rightsOf(sight.viewer).words === 'TEASER' ? 'teaser' : asked.content;
  const rows = owner
    ? await loaders.article.pagesOf({ owner: owner.kind, order, page, extent: 'WHOLE' }).load(owner.id)
    : await pageOfAll(db, sight, {}, order, page);
  const connection = connectionFrom(rows, page, list, placeOf(order), () => rows.length);
  const { nodes: shown } = connection;
  const pageInfo = connection.pageInfo();
  const [entries, withdrawals] = await Promise.all([
    Promise.all(shown.map((row) => entryOf(row, content, sources))),
    withdrawalsOf(owner, spanOf(page, shown, pageInfo, sight.now), sources),
  ]);
  // The hub sends the head of what everybody may read.
  const isHubs = sight.viewer.role === 'anyone' && !page.after && !page.before;
  return {
    ...about,
    language: site.language,
    publisher: { name: site.name, url: siteUrl(site, '/') },
    pages: { ...pagesAround(asked, pageInfo), hub: isHubs ? siteUrl(site, '/hub') : null },
    updated: newest([...entries.map(({ updated }) => updated), ...withdrawals.map(({ at }) => at)]),
    entries,
    withdrawals,
  };
}

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

const pagesAround = (
  { self, addressOf }: FeedAsked,
  { hasNextPage, hasPreviousPage, startCursor, endCursor }: PageInfo,
): Omit<FeedPages, 'hub'> => ({
  self,
  first: addressOf({}),
  previous: hasPreviousPage && startCursor !== null ? addressOf({ before: startCursor }) : null,
  next: hasNextPage && endCursor !== null ? addressOf({ after: endCursor }) : null,
});

/** The stretch of the list that a page stands for: pages side by side leave no gap between them. */
function spanOf(
  page: Page,
  shown: readonly ArticleRow[],
  { hasNextPage, hasPreviousPage }: PageInfo,
  now: Date,
): WithdrawalSpan {
  const place = (key: Page['after']) => (key ? new Date(key[0]) : null);
  const isFirst = !page.after && !page.before;
  return {
    newest: place(page.after) ?? (hasPreviousPage ? (shown[0]?.orderedAt ?? null) : null),
    oldest: place(page.before) ?? (hasNextPage ? (shown.at(-1)?.orderedAt ?? null) : null),
    since: isFirst ? new Date(now.getTime() - daysToldOfWithdrawals * 86_400_000) : null,
  };
}

/** What a page says is gone. The head of all that a key may read also says what the key may not have any more. */
async function withdrawalsOf(
  owner: FeedOwner,
  span: WithdrawalSpan,
  { db, sight }: FeedSources,
): Promise<FeedWithdrawal[]> {
  const { viewer, now } = sight;
  const told = (await withdrawalsIn(db, owner, span, sight)).map(({ id, at, reason, status }): FeedWithdrawal => ({
    id: urnOf(id),
    at,
    reason,
    isFinal: status === 'RETRACTED',
  }));
  if (viewer.role !== 'partner' || owner || !span.since) return told;
  await settle(db, viewer, now, mostRounds);
  const known = new Set(told.map(({ id }) => id));
  const letGo = (await letGoAfter(db, viewer, now, span.since, mostWithdrawals)).map(
    ({ id, at, reason, kind }): FeedWithdrawal => ({
      id: urnOf(id),
      at,
      reason: reason ?? 'No longer granted to you.',
      isFinal: kind === 'RETRACTED',
    }),
  );
  return [...told, ...letGo.filter(({ id }) => !known.has(id))]
    .sort((one, other) => other.at.getTime() - one.at.getTime())
    .slice(0, mostWithdrawals);
}

const newest = (dates: readonly Date[]): Date | null =>
  dates.length === 0 ? null : new Date(Math.max(...dates.map((date) => date.getTime())));

/** One piece as feeds tell it. */
export async function entryOf(
  row: ArticleRow,
  content: FeedAsked['content'],
  sources: FeedSources,
): Promise<FeedEntry> {
  const { site, loaders } = sources;
  const url = siteUrl(site, row.path);
  const [bylines, section, tags, image, source, corrections, body, opening] = await Promise.all([
    peopleOf(loaders.article.bylines.load(row.id), sources),
    loaders.section.byId.load(row.sectionId),
    loaders.tag.ofArticle.load(row.id),
    imageOf(row, sources),
    sourceOf(row, sources),
    loaders.article.corrections.load(row.id),
    content === 'full' ? loaders.article.tree.load(row.id) : null,
    row.standfirst === null ? loaders.article.opening.load(row.id) : null,
  ]);
  if (!section) throw new Error(`section ${row.sectionId} of an article is missing`);
  return {
    id: urnOf(row.id),
    url,
    slug: row.slug,
    version: row.liveRevision,
    headline: row.headline,
    summary: teaserOf(row.standfirst, opening?.opening ?? ''),
    body: body && {
      tree: await inTime(() => absolute(JSON.parse(body.tree) as BodyTree, url)),
      wordCount: body.wordCount,
    },
    language: row.language,
    published: row.orderedAt,
    firstPublished: row.firstPublishedAt ?? row.orderedAt,
    // A scheduled piece was last saved before it appeared.
    updated: newest([row.updatedAt, row.orderedAt]) ?? row.updatedAt,
    byline: row.byline,
    ...bylines,
    section: { name: section.name, slug: section.slug, url: siteUrl(site, sectionPath(section.slug)) },
    tags: tags.map(({ name, slug }) => ({ name, slug, url: siteUrl(site, tagPath(slug)) })),
    image,
    source,
    corrections: corrections.map(({ text, at }) => ({ text, at })),
  };
}

const isWriter = ({ role }: { role: BylineRow['role'] }): boolean => role === 'WRITER' || role === 'CONTRIBUTOR';

/** Authors and contributors, as the printed line has them: where nobody wrote it, whoever is named is its author. */
async function peopleOf(
  bylines: Loaded<readonly BylineRow[]>,
  { site, loaders }: FeedSources,
): Promise<Pick<FeedEntry, 'authors' | 'contributors'>> {
  const people = await Promise.all(
    (await bylines).map(async ({ name, role, authorId, affiliation, note }): Promise<FeedPerson> => {
      const author = authorId ? await loaders.author.byId.load(authorId) : null;
      return { name, role, affiliation, note, url: author ? siteUrl(site, authorPath(author.slug)) : null };
    }),
  );
  if (!people.some(isWriter)) return { authors: people, contributors: [] };
  return { authors: people.filter(isWriter), contributors: people.filter((person) => !isWriter(person)) };
}

async function imageOf({ leadImageId }: ArticleRow, { loaders }: FeedSources): Promise<FeedImage | null> {
  const image = leadImageId ? await loaders.image.byId.load(leadImageId) : null;
  return image && { ...image, id: urnOf(image.id), mediaType: pictureType(image.url) };
}

async function sourceOf(row: ArticleRow, { loaders }: FeedSources): Promise<FeedSource | null> {
  const partner = row.partnerId ? await loaders.partner.byId.load(row.partnerId) : null;
  return (
    partner && {
      name: partner.name,
      url: partner.url,
      attribution: row.attribution ?? partner.attribution,
      originalUrl: row.originalUrl,
      license: row.license ?? partner.license,
    }
  );
}

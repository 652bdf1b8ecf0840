import type { ArticleRecord, ImageRecord, Origin, ReadItem } from '../records.js';
import { oldPathsOf } from './addresses.js';
import { commentsOf } from './comments.js';
import { momentOfRssDate, momentOfSqlDate } from './dates.js';
import type { WxrItem } from './parts.js';
import type { People } from './people.js';
import { plainLine } from '../plain-text.js';
import { isLanguage, type Site } from './site.js';
import { slugOf, slugOfEncoded } from './slug.js';
import { standingOf, typeOf, type StandingRules } from './standing.js';
import type { Terms } from './terms.js';

/** What is known of the rest of the file when a post is read. */
export interface Surroundings {
  site: Site;
  people: People;
  terms: Terms;
  pictureOf: (attachment: string) => ImageRecord | null;
  rules: StandingRules;
}

/** The one answer that an item gets: an article, or the reason why it is none. */
export function readPost(item: WxrItem, around: Surroundings): ReadItem {
  const { fields, line } = item;
  const type = typeOf(item);
  const title = plainLine(fields.get('title') ?? '') || fields.get('wp:post_name') || '';
  const origin = originOf(item, around.site);
  const without = (outcome: 'skipped' | 'refused', reason: string): ReadItem => ({
    outcome,
    kind: type,
    title,
    ...(origin && { origin }),
    at: { line },
    reason,
  });
  const standing = standingOf(item, around.rules);
  if ('skip' in standing) return without('skipped', standing.skip);
  if (item.flaw !== null) return without('refused', item.flaw);
  if (!origin)
    return without('refused', 'has neither a post id nor an address, by which a second import could recognise it');
  const { record, notes } = articleOf(item, standing.status, around);
  const all = [...standing.notes, ...notes];
  return { outcome: 'record', record, origin, at: { line }, ...(all.length > 0 && { notes: all }) };
}

function originOf({ fields }: WxrItem, { system }: Site): Origin | undefined {
  const id = fields.get('wp:post_id');
  if (id) return { system, id: `post:${id}` };
  const address = fields.get('guid') || fields.get('link');
  return address ? { system, id: `address:${address}` } : undefined;
}

function articleOf(
  item: WxrItem,
  status: ArticleRecord['status'],
  around: Surroundings,
): { record: ArticleRecord; notes: string[] } {
  const { fields, meta } = item;
  const notes: string[] = [];
  const { at, doubt } = momentOfPost(item, around.site);
  if (doubt !== null) notes.push(doubt);
  const isUncertain = doubt !== null && fields.get('wp:status') === 'future';
  if (isUncertain) notes.push('was scheduled, but the moment is not certain: kept as a draft');
  const standing = isUncertain ? 'DRAFT' : status;
  const modified =
    momentOfSqlDate(fields.get('wp:post_modified_gmt')) ?? momentOfSqlDate(fields.get('wp:post_modified')) ?? at;
  const subjects = around.terms.subjectsOf(item, typeOf(item) === 'page');
  const comments = commentsOf(item.comments, at);
  const addresses = oldPathsOf(item, around.site);
  const language =
    subjects.language !== null && isLanguage(subjects.language) ? subjects.language : around.site.language;
  const headline = headlineOf(item, notes);
  const lead = leadImageOf(item, around, notes);
  const record: ArticleRecord = {
    kind: 'article',
    slug: slugOfPost(item),
    headline,
    standfirst: plainLine(fields.get('excerpt:encoded') ?? '') || null,
    body: fields.get('content:encoded') ?? '',
    section: subjects.section,
    authors: around.people.bylineOf(item),
    tags: subjects.tags,
    status: standing,
    publishedAt: standing === 'PUBLISHED' ? at : null,
    // A piece that was saved before its moment came is not older than that moment once it is out.
    updatedAt: fields.get('wp:status') === 'publish' && modified < at ? at : modified,
    createdAt: modified < at ? modified : at,
    language,
    leadImage: lead,
    comments: comments.comments,
    commentsOpen: fields.get('wp:comment_status') === 'open',
    oldPaths: addresses.oldPaths,
  };
  notes.push(...comments.notes, ...addresses.notes);
  if (record.body.trim() === '') notes.push('has no body');
  if (fields.get('wp:is_sticky') === '1')
    notes.push('was kept at the top of the front page (sticky), which is not kept');
  if (meta.has('enclosure')) notes.push('has an enclosed audio or video file, which is not kept');
  const unread = (record.headline + record.body).split('\uFFFD').length - 1;
  if (unread > 0) notes.push(`holds ${unread} unreadable character(s), shown as "\uFFFD"`);
  return { record, notes };
}

/**
 * When a post appeared or will. Exports give it in UTC; a draft has zeroes there. The order of trust is fixed, so that a second
 * import finds the same moment: never the present one.
 */
function momentOfPost({ fields }: WxrItem, site: Site): { at: string; doubt: string | null } {
  const certain = momentOfSqlDate(fields.get('wp:post_date_gmt')) ?? momentOfRssDate(fields.get('pubDate'));
  if (certain !== null) return { at: certain, doubt: null };
  const isDraft = ['draft', 'pending', 'auto-draft'].includes(fields.get('wp:status') ?? '');
  const local = momentOfSqlDate(fields.get('wp:post_date'));
  if (local !== null) return { at: local, doubt: isDraft ? null : 'has only a date without time zone, read as UTC' };
  const modified = momentOfSqlDate(fields.get('wp:post_modified_gmt'));
  if (modified !== null) return { at: modified, doubt: 'has no date of its own: that of its last change stands' };
  if (site.exportedAt !== null) return { at: site.exportedAt, doubt: 'has no date: that of the export stands' };
  return { at: '1970-01-01T00:00:00.000Z', doubt: 'has no date, nor has the export: 1970 stands' };
}

function slugOfPost({ fields }: WxrItem): string {
  const id = fields.get('wp:post_id') ?? '';
  return (
    slugOfEncoded(fields.get('wp:post_name') ?? '') ||
    slugOf(plainLine(fields.get('title') ?? '')) ||
    `post-${slugOf(id) || 'unnamed'}`
  );
}

const headlineWords = 80;

function headlineOf({ fields }: WxrItem, notes: string[]): string {
  const title = plainLine(fields.get('title') ?? '');
  if (title !== '') return title;
  const words = plainLine((fields.get('content:encoded') ?? '').slice(0, 20_000));
  notes.push('had no title: its first words stand as the headline');
  if (words === '') return `Untitled ${fields.get('wp:post_id') ?? ''}`.trim();
  if (words.length <= headlineWords) return words;
  return `${words.slice(0, headlineWords).replace(/\s+\S*$/, '')}…`;
}

function leadImageOf({ meta }: WxrItem, { pictureOf }: Surroundings, notes: string[]): ImageRecord | null {
  const id = meta.get('_thumbnail_id')?.at(-1)?.trim() ?? '';
  if (id === '' || id === '0' || id === '-1') return null;
  const picture = pictureOf(id);
  if (!picture) notes.push(`its lead image (attachment ${id}) is not in the file`);
  return picture;
}

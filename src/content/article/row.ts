import { name, type Sql } from '../../database/sql.js';
import type { KeptRevision } from './editing/load.js';
import type { ArticleStatus } from '../../generated/prisma/enums.js';

/** An article as lists show it: everything but its words, which are long and read only when asked for. */
export interface ArticleRow {
  id: string;
  slug: string;
  path: string;
  headline: string;
  standfirst: string | null;
  byline: string;
  sectionId: string;
  language: string;
  status: ArticleStatus;
  publishedAt: Date | null;
  firstPublishedAt: Date | null;
  updatedAt: Date;
  orderedAt: Date;
  revision: number;
  liveRevision: number;
  leadImageId: string | null;
  partnerId: string | null;
  attribution: string | null;
  originalUrl: string | null;
  license: string | null;
  commentsOpen: boolean;
  withdrawnAt: Date | null;
  withdrawnReason: string | null;
  ownerId: string | null;
  /** The revision that a preview link shows in place of what readers get. */
  preview?: KeptRevision;
}

/** How much of a row is read: a list shows many, and of each little. */
export type RowExtent = 'LINE' | 'CARD' | 'WHOLE';

const lineFields = ['id', 'slug', 'path', 'url', 'headline', 'publishedAt', 'section', 'tags', 'bylines', 'body'];

/** The fields of `Article` for which so much of a row is enough. */
export const fieldsOf = {
  LINE: new Set(lineFields),
  CARD: new Set([...lineFields, 'standfirst', 'byline', 'excerpt', 'language', 'leadImage']),
} as const satisfies Partial<Record<RowExtent, ReadonlySet<string>>>;

const lineColumns = [
  'id',
  'slug',
  'path',
  'headline',
  'section_id as "sectionId"',
  'published_at as "publishedAt"',
  'ordered_at as "orderedAt"',
];

const cardColumns = [...lineColumns, 'standfirst', 'byline', 'language', 'lead_image_id as "leadImageId"'];

const wholeColumns = [
  ...cardColumns,
  'status',
  'updated_at as "updatedAt"',
  'first_published_at as "firstPublishedAt"',
  'revision',
  'live_revision as "liveRevision"',
  'partner_id as "partnerId"',
  'attribution',
  'original_url as "originalUrl"',
  'license',
  'comments_open as "commentsOpen"',
  'withdrawn_at as "withdrawnAt"',
  'withdrawn_reason as "withdrawnReason"',
  'owner_id as "ownerId"',
];

const columnsOf: Record<RowExtent, readonly string[]> = {
  LINE: lineColumns,
  CARD: cardColumns,
  WHOLE: wholeColumns,
};

/** The columns of {@link ArticleRow} from the table or subquery called `alias`. */
export const articleColumns = (alias: string, extent: RowExtent = 'WHOLE'): Sql =>
  name(columnsOf[extent].map((column) => `${alias}.${column}`).join(', '));

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

/** What of a row is always read. */
const cardColumns = [
  'id',
  'slug',
  'path',
  'headline',
  'standfirst',
  'byline',
  'section_id as "sectionId"',
  'language',
  'published_at as "publishedAt"',
  'ordered_at as "orderedAt"',
  'lead_image_id as "leadImageId"',
];

const otherColumns = [
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

/** The fields of `Article` that need no more than a card has. */
export const cardFields: ReadonlySet<string> = new Set([
  'id',
  'slug',
  'path',
  'url',
  'headline',
  'standfirst',
  'byline',
  'excerpt',
  'language',
  'publishedAt',
  'section',
  'tags',
  'bylines',
  'leadImage',
  'body',
]);

/** Whether rows are read whole, or only what {@link cardFields} need: a list shows many, and of each little. */
export type RowExtent = 'CARD' | 'WHOLE';

/** The columns of {@link ArticleRow} from the table or subquery called `alias`. */
export const articleColumns = (alias: string, extent: RowExtent = 'WHOLE'): Sql =>
  name([...cardColumns, ...(extent === 'CARD' ? [] : otherColumns)].map((column) => `${alias}.${column}`).join(', '));

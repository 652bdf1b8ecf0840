import type { ArticleWrite, Standing } from '../content/article/store.js';
import type { ArticleRecord } from './records.js';

/** Where a piece stands, and since when. */
export type StandingOf = Pick<
  ArticleWrite,
  | 'status'
  | 'publishedAt'
  | 'firstPublishedAt'
  | 'createdAt'
  | 'updatedAt'
  | 'withdrawnAt'
  | 'withdrawnReason'
  | 'announceAt'
>;

/** A date of a record; null where it has none. */
export const moment = (text: string | null | undefined): Date | null => (text ? new Date(text) : null);

/** The standing a piece keeps, whatever its source says. */
export const keptStanding = (before: Standing): Partial<StandingOf> => ({
  status: before.status,
  publishedAt: before.publishedAt,
  firstPublishedAt: before.firstPublishedAt,
  announceAt: null,
});

/** Where the record says the piece stands. A string is why that cannot be. */
export function standingOf(record: ArticleRecord, now: Date, notes: string[]): StandingOf | string {
  const status = record.status === 'SCHEDULED' ? 'PUBLISHED' : record.status;
  const publishedAt = moment(record.publishedAt);
  if (status === 'PUBLISHED' && !publishedAt) return `is ${record.status} but has no \`publishedAt\``;
  const firstPublishedAt = moment(record.firstPublishedAt) ?? publishedAt;
  const updatedAt = moment(record.updatedAt) ?? publishedAt ?? moment(record.createdAt) ?? now;
  const withdrawn = status === 'UNPUBLISHED' || status === 'RETRACTED';
  if (withdrawn && !record.reason) notes.push('the source gives no reason for its withdrawal');
  return {
    status,
    publishedAt,
    firstPublishedAt,
    createdAt: moment(record.createdAt) ?? firstPublishedAt ?? updatedAt,
    updatedAt,
    withdrawnAt: withdrawn ? (moment(record.withdrawnAt) ?? updatedAt) : null,
    withdrawnReason: withdrawn ? (record.reason ?? 'No reason was given.') : null,
    announceAt: status === 'PUBLISHED' && publishedAt && publishedAt > now ? publishedAt : null,
  };
}

import type { Database } from '../database/database.js';

/**
 * Has the database look at what it holds, so that it plans for an archive and not for the empty tables it began with. A
 * server does so by itself a minute later, the embedded database never.
 */
export async function refreshStatistics(db: Database): Promise<void> {
  const tables =
    'article, article_revision, byline, article_tag, article_tally, section, author, tag, image, comment, change, origin, old_address, ' +
    'search_document, search_word';
  await db.send(`analyze ${tables}`, []);
}

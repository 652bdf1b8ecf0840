import { isSignedIn, type Sight } from '../access/viewer.js';
import type { Database } from '../database/database.js';
import type { Loaders } from '../graphql/context.js';
import { articleLoaders } from './article/loaders.js';
import { auditLoaders } from './audit/loaders.js';
import { authorLoaders } from './author/loaders.js';
import { collectionLoaders } from './collection/loaders.js';
import { commentLoaders } from './comment/loaders.js';
import { imageLoaders } from './image/loaders.js';
import { partnerFeedLoaders } from './partner-feed/loaders.js';
import { partnerLoaders } from './partner/loaders.js';
import { searchLoaders } from './search/loaders.js';
import { sectionLoaders } from './section/loaders.js';
import { tagLoaders } from './tag/loaders.js';
import { userLoaders } from './user/loaders.js';
import { webhookLoaders } from './webhook/loaders.js';

/** What makes the loaders of one request. */
export type MakeLoaders = (db: Database, sight: Sight) => Loaders;

/** Every noun's loaders, for one request. */
export const makeLoaders: MakeLoaders = (database, sight) => {
  // Whoever works in the newsroom reads what was written a moment ago, in the same request too.
  const db = isSignedIn(sight.viewer) ? database.remembering(null) : database;
  return {
    article: articleLoaders(db, sight),
    audit: auditLoaders(db),
    author: authorLoaders(db),
    collection: collectionLoaders(db, sight),
    comment: commentLoaders(db, sight),
    image: imageLoaders(db, sight),
    partnerFeed: partnerFeedLoaders(db),
    partner: partnerLoaders(db),
    search: searchLoaders(db),
    section: sectionLoaders(db),
    tag: tagLoaders(db),
    user: userLoaders(db),
    webhook: webhookLoaders(db),
  };
};

import type { Sight } from '../access/viewer.js';
import type { Database } from '../database/database.js';
import type { Loaders } from '../graphql/context.js';
import { articleLoaders } from './article/loaders.js';
import { auditLoaders } from './audit/loaders.js';
import { authorLoaders } from './author/loaders.js';
import { collectionLoaders } from './collection/loaders.js';
import { commentLoaders } from './comment/loaders.js';
import { imageLoaders } from './image/loaders.js';
import { partnerLoaders } from './partner/loaders.js';
import { sectionLoaders } from './section/loaders.js';
import { tagLoaders } from './tag/loaders.js';
import { userLoaders } from './user/loaders.js';

/** Every noun's loaders, for one request. */
export const makeLoaders = (db: Database, sight: Sight): Loaders => ({
  article: articleLoaders(db, sight),
  audit: auditLoaders(db),
  author: authorLoaders(db),
  collection: collectionLoaders(db, sight),
  comment: commentLoaders(db, sight),
  image: imageLoaders(db),
  partner: partnerLoaders(db),
  section: sectionLoaders(db),
  tag: tagLoaders(db),
  user: userLoaders(db),
});

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

type Nouns = { readonly [Noun in keyof Loaders]: (db: Database, sight: Sight) => Loaders[Noun] };

const nouns: Nouns = {
  article: articleLoaders,
  audit: auditLoaders,
  author: authorLoaders,
  collection: collectionLoaders,
  comment: commentLoaders,
  image: imageLoaders,
  partnerFeed: partnerFeedLoaders,
  partner: partnerLoaders,
  search: searchLoaders,
  section: sectionLoaders,
  tag: tagLoaders,
  user: userLoaders,
  webhook: webhookLoaders,
};

class LoadersOfOne {
  private readonly made: Partial<Loaders> = {};

  constructor(
    private readonly db: Database,
    private readonly sight: Sight,
  ) {}

  of<Noun extends keyof Loaders>(noun: Noun): Loaders[Noun] {
    return (this.made[noun] ??= nouns[noun](this.db, this.sight));
  }
}

for (const noun of Object.keys(nouns) as (keyof Loaders)[]) {
  Object.defineProperty(LoadersOfOne.prototype, noun, {
    get(this: LoadersOfOne) {
      return this.of(noun);
    },
  });
}

/** Every noun's loaders, for one request; each noun's are made when they are first asked for. */
export const makeLoaders: MakeLoaders = (database, sight) => {
  // Whoever works in the newsroom reads what was written a moment ago, in the same request too.
  const db = isSignedIn(sight.viewer) ? database.remembering(null) : database;
  return new LoadersOfOne(db, sight) as object as Loaders;
};

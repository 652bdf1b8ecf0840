import { lexicographicSortSchema, specifiedDirectives, type GraphQLSchema } from 'graphql';
import { makeBuilder } from '../graphql/builder.js';
import { deferDirective, streamDirective } from '../graphql/execution/directives.js';
import { priced } from '../graphql/limits/prices.js';
import { defineRefusals } from '../graphql/refusals.js';
import { defineScalars } from '../graphql/scalars.js';
import { defineArticle } from './article/graphql.js';
import { defineArticleMutations } from './article/editing/graphql.js';
import { defineDesk } from './article/editing/desk-fields.js';
import { defineHistory } from './article/editing/history-fields.js';
import { defineAudit } from './audit/graphql.js';
import { defineAuthor } from './author/graphql.js';
import { defineChange } from './change/graphql.js';
import { defineLatestFeedSubscription } from './change/subscription-fields.js';
import { defineCollection } from './collection/graphql.js';
import { defineComment } from './comment/graphql.js';
import { defineFeed } from './feed/graphql.js';
import { defineImage } from './image/graphql.js';
import { definePartner } from './partner/graphql.js';
import { defineEntitlement } from './partner/entitlement/graphql.js';
import { definePartnerFeed } from './partner-feed/graphql.js';
import { definePath } from './path/graphql.js';
import { definePublication } from './publication/graphql.js';
import { defineSearch } from './search/graphql.js';
import { defineSection } from './section/graphql.js';
import { defineSlugOrId } from './slug-or-id.js';
import { defineTag } from './tag/graphql.js';
import { defineTrending } from './trending/graphql.js';
import { defineUser } from './user/graphql.js';
import { defineWebhook } from './webhook/graphql.js';
import { defineHub } from './websub/graphql.js';

let made: GraphQLSchema | undefined;

/** The whole graph. It is the same for every service in a process, and is made once. */
export const makeGraph = (): GraphQLSchema => (made ??= graphOfNouns());

/** Each noun defines its part from its own folder. */
function graphOfNouns(): GraphQLSchema {
  const builder = makeBuilder();
  builder.queryType({ description: 'Everything that can be read.' });
  builder.mutationType({
    description: 'Everything that can be written. Each answers what became of it: done, or why not.',
  });
  defineScalars(builder);
  defineRefusals(builder);
  defineSlugOrId(builder);
  for (const define of [
    defineArticle,
    defineArticleMutations,
    defineDesk,
    defineHistory,
    defineAudit,
    defineAuthor,
    defineChange,
    defineCollection,
    defineComment,
    defineEntitlement,
    defineFeed,
    defineImage,
    defineLatestFeedSubscription,
    definePartner,
    definePartnerFeed,
    definePath,
    definePublication,
    defineSearch,
    defineSection,
    defineTag,
    defineTrending,
    defineUser,
    defineWebhook,
    defineHub,
  ]) {
    define(builder);
  }
  const directives = [...specifiedDirectives, deferDirective, streamDirective];
  return priced(lexicographicSortSchema(builder.toSchema({ directives })));
}

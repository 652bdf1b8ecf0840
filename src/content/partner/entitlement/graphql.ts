import { type EntitlementRow, entitlementIn } from '../../../access/entitlements.js';
import type { Loaded } from '../../../database/batching.js';
import type { Depth } from '../../../generated/prisma/enums.js';
import { type Builder, idOf } from '../../../graphql/builder.js';
import type { Context } from '../../../graphql/context.js';
import { about } from '../../../graphql/limits/prices.js';
import { inputDescription, refusing } from '../../../graphql/refusals.js';
import { ConflictError, NotFoundError } from '../../../refusals.js';
import { loadNamed, referenceTo } from '../../slug-or-id.js';
import { verdictOn } from './read.js';
import { explain, type VisibilityCheck, type VisibilityRule } from './rules.js';
import { setEntitlement } from './store.js';

type Maybe<Value> = Value | null | undefined;

interface Visibility {
  visible: boolean;
  from: Date | null;
  checks: VisibilityCheck[];
}

declare module '../../../graphql/builder.js' {
  interface Objects {
    Entitlement: EntitlementRow;
    Visibility: Visibility;
    VisibilityCheck: VisibilityCheck;
    SetEntitlementSuccess: { entitlement: EntitlementRow };
  }
  interface Inputs {
    SetEntitlementInput: {
      partner: string;
      expectedRevision?: Maybe<number>;
      sections?: Maybe<readonly string[]>;
      tags?: Maybe<readonly string[]>;
      excludedPartners?: Maybe<readonly string[]>;
      languages?: Maybe<readonly string[]>;
      depth: Depth;
      delayMinutes?: Maybe<number>;
      images?: Maybe<boolean>;
    };
  }
  interface Enums {
    Depth: { Input: Depth; Output: Depth };
    VisibilityRule: { Input: VisibilityRule; Output: VisibilityRule };
  }
}

const termDescriptions = {
  sections: 'Only pieces of these sections and of those below them; all sections when null.',
  tags: 'Only pieces that carry any of these tags; all when null.',
  excludedPartners: 'No pieces that these partners lent.',
  languages: 'Only pieces in these languages (BCP 47, as the pieces have it); all when null.',
  depth: 'How much of each piece.',
  delayMinutes: 'How many minutes after its first publication the partner has a piece.',
  images: 'Whether pictures come with it: without them a piece has no lead image, and none in its body.',
} as const;

/** What each of a list of ids names; one that is gone since is left out. */
const each = async <Row>(ids: readonly string[] | null, load: (id: string) => Loaded<Row | null>) =>
  ids && (await Promise.all(ids.map(async (id) => load(id)))).filter((row) => row !== null);

export function defineEntitlement(builder: Builder): void {
  builder.enumType('Depth', {
    description: 'How much of a piece a partner gets.',
    values: {
      TEASER: {
        description:
          'The headline and what stands around the piece. Its body is the standfirst, or the beginning of the words in at most ' +
          '300 characters, in every form and every feed.',
      },
      FULL: { description: 'The whole piece.' },
    },
  });
  builder.objectType('Entitlement', {
    description: 'What a partner may have: the pieces that are public and within every bound.',
    fields: (t) => ({
      sections: t.field({
        type: ['Section'],
        complexity: about(5),
        nullable: true,
        description: termDescriptions.sections,
        resolve: ({ sectionIds }, _args, { loaders }) => each(sectionIds, (id) => loaders.section.byId.load(id)),
      }),
      tags: t.field({
        type: ['Tag'],
        complexity: about(5),
        nullable: true,
        description: termDescriptions.tags,
        resolve: ({ tagIds }, _args, { loaders }) => each(tagIds, (id) => loaders.tag.byId.load(id)),
      }),
      excludedPartners: t.field({
        type: ['Partner'],
        complexity: about(5),
        description: termDescriptions.excludedPartners,
        resolve: async ({ excludedPartnerIds }, _args, { loaders }) =>
          (await each(excludedPartnerIds, (id) => loaders.partner.byId.load(id))) ?? [],
      }),
      languages: t.exposeStringList('languages', { nullable: true, description: termDescriptions.languages }),
      depth: t.field({
        type: 'Depth',
        description: termDescriptions.depth,
        resolve: ({ depth }) => depth ?? 'TEASER',
      }),
      delayMinutes: t.int({
        description: termDescriptions.delayMinutes,
        resolve: ({ delayMinutes }) => delayMinutes ?? 0,
      }),
      images: t.boolean({ description: termDescriptions.images, resolve: ({ images }) => images ?? false }),
      revision: t.int({
        description: 'Counts what changed it: what `setEntitlement` is written against.',
        resolve: ({ revision }) => revision ?? 0,
      }),
    }),
  });
  defineVisibility(builder);
  defineSetEntitlement(builder);
}

function defineVisibility(builder: Builder): void {
  builder.enumType('VisibilityRule', {
    description: 'What a partner’s seeing a piece depends on.',
    values: {
      ENTITLED: { description: 'Anything is granted to the partner at all.' },
      PUBLISHED: { description: 'The piece is public.' },
      DELAY: { description: 'The partner’s delay has run out.' },
      SECTION: { description: 'It stands in a section that is granted, or below one.' },
      TAG: { description: 'It carries a tag that is granted.' },
      LANGUAGE: { description: 'It is written in a language that is granted.' },
      SOURCE: { description: 'The partner that lent it is not excluded.' },
      RESALE: {
        description:
          'It is our own, or the partner’s own, or the licence of who lent it lets it be passed on: CC0, CC BY, CC BY-SA, the ' +
          'public domain, or the words “resale permitted”. A piece without a licence is not passed on.',
      },
    },
  });
  builder.objectType('VisibilityCheck', {
    description: 'One thing that it depends on.',
    fields: (t) => ({
      rule: t.expose('rule', { type: 'VisibilityRule', description: 'What it depends on.' }),
      holds: t.exposeBoolean('holds', { description: 'Whether it holds now.' }),
      explanation: t.exposeString('explanation', { description: 'Why, or why not.' }),
    }),
  });
  builder.objectType('Visibility', {
    description: 'Whether a partner sees a piece, and why.',
    fields: (t) => ({
      visible: t.exposeBoolean('visible', { description: 'Whether it does now: all of `checks` hold.' }),
      from: t.expose('from', {
        type: 'DateTime',
        nullable: true,
        description: 'From when on, should everything but the time hold; null while the piece has no date.',
      }),
      checks: t.expose('checks', {
        type: ['VisibilityCheck'],
        complexity: about(10),
        description: 'Everything that it depends on.',
      }),
    }),
  });
  builder.queryField('whyVisible', (t) =>
    t.field({
      type: 'Visibility',
      description: 'Whether a partner sees a piece now, by each thing that it depends on. For editors.',
      authScopes: { may: 'see what partners see' },
      args: {
        article: t.arg.id({ required: true, description: 'The piece.' }),
        partner: t.arg.id({ required: true, description: 'The partner, by id or slug.' }),
      },
      resolve: (_root, { article, partner }, context) => explained(idOf('Article', article), partner, context),
    }),
  );
}

async function explained(articleId: string | null, partnerNamed: string, context: Context): Promise<Visibility> {
  const { db, now, loaders } = context;
  const article = articleId ? await loaders.article.byId.load(articleId) : null;
  if (!article) throw new NotFoundError('such article');
  const partner = await loadNamed('Partner', partnerNamed, loaders.partner);
  if (!partner) throw new NotFoundError('such partner');
  const row = await loaders.partner.entitlement.load(partner.id);
  const entitlement = row && entitlementIn(row);
  const verdict = await verdictOn(db, now, article.id, { partnerId: partner.id, entitlement });
  if (!verdict) throw new NotFoundError('such article');
  const source = article.partnerId ? await loaders.partner.byId.load(article.partnerId) : null;
  const named = (things: { name: string }[] | null) => things?.map(({ name }) => name) ?? null;
  const checks = explain({
    status: article.status,
    now,
    publishedAt: article.publishedAt,
    from: verdict.from,
    delayMinutes: entitlement?.delayMinutes ?? 0,
    isEntitled: entitlement !== null,
    holds: verdict.bounds,
    section: (await loaders.section.byId.load(article.sectionId))?.name ?? '',
    sections: named(await each(entitlement?.sectionIds ?? null, (id) => loaders.section.byId.load(id))),
    tags: named(await each(entitlement?.tagIds ?? null, (id) => loaders.tag.byId.load(id))),
    language: article.language,
    languages: entitlement?.languages ?? null,
    source: source?.name ?? null,
    isOwn: article.partnerId === partner.id,
    license: article.license ?? source?.license ?? null,
  });
  return { visible: verdict.visible, from: verdict.from, checks };
}

function defineSetEntitlement(builder: Builder): void {
  builder.inputType('SetEntitlementInput', {
    description: 'The whole of what a partner may have; what is absent sets no bounds.',
    fields: (t) => ({
      partner: t.id({ required: true, description: 'The partner, by id or slug.' }),
      expectedRevision: t.int({
        description: '`Entitlement.revision` as you read it; absent for a partner that has no entitlement yet.',
      }),
      sections: t.idList({ description: `${termDescriptions.sections} By slug or id.` }),
      tags: t.idList({ description: `${termDescriptions.tags} By slug or id.` }),
      excludedPartners: t.idList({ description: `${termDescriptions.excludedPartners} By slug or id.` }),
      languages: t.stringList({ description: termDescriptions.languages }),
      depth: t.field({ type: 'Depth', required: true, description: termDescriptions.depth }),
      delayMinutes: t.int({ defaultValue: 0, description: `${termDescriptions.delayMinutes} 0 to 525600.` }),
      images: t.boolean({ defaultValue: true, description: termDescriptions.images }),
    }),
  });
  builder.objectType('SetEntitlementSuccess', {
    description: 'It is done: it holds from the next request on.',
    fields: (t) => ({
      entitlement: t.expose('entitlement', { type: 'Entitlement', description: 'The entitlement as it stands now.' }),
    }),
  });
  builder.mutationField('setEntitlement', (t) =>
    t.field({
      type: 'SetEntitlementSuccess',
      description:
        'Sets what a partner may have, in place of what it had. What leaves it is `WITHDRAWN` in the partner’s log of changes, ' +
        'what enters it is `PUBLISHED`.',
      authScopes: { may: 'keep partners' },
      errors: refusing('SetEntitlement', NotFoundError, ConflictError),
      args: { input: t.arg({ type: 'SetEntitlementInput', required: true, description: inputDescription }) },
      resolve: async (_root, { input }, context) => {
        const partnerId = (await loadNamed('Partner', input.partner, context.loaders.partner))?.id ?? null;
        const references = (type: string, given: Maybe<readonly string[]>) =>
          given?.map((text) => referenceTo(type, text)) ?? null;
        await setEntitlement(context.db, context, {
          partnerId,
          expectedRevision: input.expectedRevision ?? null,
          sections: references('Section', input.sections),
          tags: references('Tag', input.tags),
          excludedPartners: references('Partner', input.excludedPartners),
          languages: input.languages ?? null,
          depth: input.depth,
          delayMinutes: input.delayMinutes ?? 0,
          images: input.images ?? true,
        });
        const entitlement = await context.loaders.partner.entitlement.clear(partnerId ?? '').load(partnerId ?? '');
        if (!entitlement) throw new Error(`the entitlement of ${partnerId} is gone after it was set`);
        return { entitlement };
      },
    }),
  );
}

import { issueApiKey } from '../../src/access/keys.js';
import { anyone, type PartnerKey } from '../../src/access/viewer.js';
import { type EntitlementTerms, setEntitlement } from '../../src/content/partner/entitlement/store.js';
import { usualLimits } from '../../src/content/partner/rules.js';
import { sql } from '../../src/database/sql.js';
import type { TestService } from './service.js';

/** What a test says of an entitlement, by slugs; the rest is without bounds. */
export interface TestTerms {
  sections?: string[];
  tags?: string[];
  excludedPartners?: string[];
  languages?: string[];
  depth?: EntitlementTerms['depth'];
  delayMinutes?: number;
  images?: boolean;
}

export interface TestPartner {
  id: string;
  key: string;
  headers: { authorization: string };
  /** Sets what it may have from now on. */
  grant(terms: TestTerms): Promise<void>;
}

const slugs = (given: string[] | undefined) => given?.map((slug) => ({ slug })) ?? null;

/** A partner with a key, to which nothing is granted yet. */
export async function aPartner(
  service: TestService,
  slug: string,
  limits: Omit<PartnerKey, 'id'> = usualLimits,
): Promise<TestPartner> {
  const hand = () => ({ viewer: anyone, actorName: 'test', now: service.now, requestId: null });
  const known = sql`select id from partner where slug = ${slug}`;
  if ((await service.db.rows(known)).length === 0) await service.load([{ kind: 'partner', slug, name: slug }]);
  const [{ id } = { id: '' }] = await service.db.rows<{ id: string }>(known);
  const { key } = await service.db.transaction((tx) =>
    issueApiKey(tx, hand(), { partnerId: id, name: 'test', expiresAt: null, ...limits }),
  );
  let revision: number | null = null;
  return {
    id,
    key,
    headers: { authorization: `Bearer ${key}` },
    async grant({ sections, tags, excludedPartners, ...terms }) {
      await setEntitlement(service.db, hand(), {
        partnerId: id,
        expectedRevision: revision,
        sections: slugs(sections),
        tags: slugs(tags),
        excludedPartners: slugs(excludedPartners),
        depth: 'FULL',
        delayMinutes: 0,
        images: true,
        ...terms,
      });
      revision = (revision ?? 0) + 1;
    },
  };
}

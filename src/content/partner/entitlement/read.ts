import type { Entitlement } from '../../../access/viewer.js';
import type { Queryable } from '../../../database/database.js';
import { join, name, sql } from '../../../database/sql.js';
import type { ArticleStatus as StoredStatus } from '../../../generated/prisma/enums.js';
import { type Bound, boundsOf, visibleTo } from '../../article/visibility.js';

/** How a piece stands against each thing that a partner's seeing it depends on. */
export interface Verdict {
  visible: boolean;
  status: StoredStatus;
  /** From when on this partner has it, should everything else hold; null while it has no date. */
  from: Date | null;
  bounds: Record<Bound, boolean>;
}

const a = name('a');

/** The one predicate, asked bound by bound, so that what it says can be explained; null where there is no such article. */
export async function verdictOn(
  db: Queryable,
  now: Date,
  articleId: string,
  partner: { partnerId: string; entitlement: Entitlement | null },
): Promise<Verdict | null> {
  const viewer = { role: 'partner', name: '', key: null, ...partner } as const;
  const bounds = Object.entries(boundsOf(viewer, now, a)) as [Bound, ReturnType<typeof sql>][];
  const delay = partner.entitlement?.delayMinutes ?? 0;
  const [row] = await db.rows<Omit<Verdict, 'bounds'> & Record<Bound, boolean>>(sql`
    select a.status, ${visibleTo({ viewer, now }, a)} as visible,
      greatest(a.published_at, coalesce(a.first_published_at, a.published_at) + ${delay}::int * interval '1 minute') as "from",
      ${join(bounds.map(([bound, holds]) => sql`${holds} as ${name(`"${bound}"`)}`))}
    from article a where a.id = ${articleId}::uuid`);
  if (!row) return null;
  const { visible, status, from, ...held } = row;
  return { visible, status, from, bounds: held };
}

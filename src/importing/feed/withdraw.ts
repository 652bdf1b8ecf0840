import { anyone } from '../../access/viewer.js';
import { recordAudit } from '../../content/audit/store.js';
import { changePieces, recordChanges } from '../../content/change/store.js';
import type { Database, Queryable } from '../../database/database.js';
import { sql } from '../../database/sql.js';
import type { ArticleStatus } from '../../generated/prisma/enums.js';
import { noteConflict } from '../origins.js';

interface Taken {
  articleId: string;
  externalId: string;
  path: string;
  status: ArticleStatus;
  isChangedHere: boolean;
}

const reason = 'It was withdrawn where it came from.';

/**
 * Takes pieces off the site that their source has withdrawn. What an editor has changed here, or never published, is left for
 * an editor to decide. Answers how many were taken off.
 */
export function followWithdrawals(db: Database, system: string, ids: readonly string[], now: Date): Promise<number> {
  if (ids.length === 0) return Promise.resolve(0);
  return db.transaction(async (tx) => {
    await changePieces(tx);
    const taken = await tx.rows<Taken>(sql`
      select a.id as "articleId", o.external_id as "externalId", a.path, a.status, a.revision > o.revision as "isChangedHere"
      from origin o join article a on a.id = o.article_id
      where o.system = ${system} and o.external_id = any(${ids}) and a.status not in ('UNPUBLISHED', 'RETRACTED')
      order by a.id for update of a`);
    const gone = taken.filter(({ status, isChangedHere }) => status === 'PUBLISHED' && !isChangedHere);
    for (const { externalId: id } of taken.filter((piece) => !gone.includes(piece))) {
      await noteConflict(tx, { system, id }, 'REMOVED', now);
    }
    const moment = sql`${now.toISOString()}::timestamptz`;
    await tx.rows(sql`
      update article set status = 'UNPUBLISHED', withdrawn_at = ${moment}, withdrawn_reason = ${reason}, updated_at = ${moment},
        announce_at = null
      where id = any(${gone.map(({ articleId }) => articleId)}::uuid[])`);
    await recordChanges(
      tx,
      gone.map(({ articleId, path }) => ({ kind: 'WITHDRAWN', articleId, path, at: now, reason })),
    );
    const hand = { viewer: anyone, actorName: 'a partner’s feed', now, requestId: null };
    for (const { articleId } of gone) {
      await recordAudit(tx, hand, {
        action: 'unpublishArticle',
        subjectKind: 'Article',
        subjectId: articleId,
        after: { reason },
      });
    }
    return gone.length;
  });
}

const mostMissing = 20;

/** Pieces that a feed no longer has though it has older ones: withdrawn there, perhaps, or only dropped from the feed. */
export const missingFrom = (
  db: Queryable,
  system: string,
  present: readonly string[],
  since: Date,
): Promise<{ id: string; url: string }[]> =>
  db.rows(sql`
    select o.external_id as id, a.original_url as url from origin o join article a on a.id = o.article_id
    where o.system = ${system} and o.external_id <> all(${present}) and a.original_url is not null and o.conflict is null
      and a.published_at > ${since.toISOString()}::timestamptz and a.status in ('DRAFT', 'IN_REVIEW', 'PUBLISHED')
    order by a.published_at desc limit ${mostMissing}`);

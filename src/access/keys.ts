import { type Hand, recordAudit } from '../content/audit/store.js';
import type { Queryable, Transaction } from '../database/database.js';
import { name, sql } from '../database/sql.js';
import { uuidv7 } from '../identifiers.js';
import { NotFoundError, ValidationError } from '../refusals.js';
import { type EntitlementRow, entitlementColumns, entitlementIn } from './entitlements.js';
import { newToken } from './tokens.js';
import type { PartnerKey, PartnerViewer } from './viewer.js';

/** A partner's key, without the key itself. */
export interface KeyRow {
  id: string;
  partnerId: string;
  name: string;
  prefix: string;
  requestsPerMinute: number;
  requestsPerDay: number;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

const keyColumns = name(
  'k.id, k.partner_id as "partnerId", k.name, k.prefix, k.requests_per_minute as "requestsPerMinute", ' +
    'k.requests_per_day as "requestsPerDay", k.created_at as "createdAt", k.expires_at as "expiresAt", ' +
    'k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt"',
);

export const keysById = (db: Queryable, ids: readonly string[]): Promise<KeyRow[]> =>
  db.rows(sql`select ${keyColumns} from api_key k where k.id = any(${ids}::uuid[])`);

/** The keys of partners, newest first, ended ones too. */
export const keysOf = (db: Queryable, partnerIds: readonly string[]): Promise<KeyRow[]> =>
  db.rows(
    sql`select ${keyColumns} from api_key k where k.partner_id = any(${partnerIds}::uuid[]) order by k.created_at desc, k.id desc`,
  );

type KeyLimits = Omit<PartnerKey, 'id'>;

export interface KeyBearer {
  readonly viewer: PartnerViewer;
  readonly key: PartnerKey;
  readonly lastUsedAt: Date | null;
}

/** Which partner carries the key with this digest now; null when nobody may. Read at every request, so that a revocation and a changed entitlement hold at once everywhere. */
export async function keyBearerOf(db: Queryable, digest: string, now: Date): Promise<KeyBearer | null> {
  const [row] = await db.rows<
    KeyLimits & EntitlementRow & { keyId: string; lastUsedAt: Date | null; name: string }
  >(sql`
    select k.id as "keyId", k.last_used_at as "lastUsedAt", k.requests_per_minute as "requestsPerMinute",
      k.requests_per_day as "requestsPerDay", p.name, ${entitlementColumns}, p.id as "partnerId"
    from api_key k join partner p on p.id = k.partner_id left join entitlement e on e.partner_id = p.id
    where k.digest = ${digest} and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > ${now.toISOString()}::timestamptz)`);
  if (!row) return null;
  const { keyId, lastUsedAt, requestsPerMinute, requestsPerDay, partnerId, name: partnerName } = row;
  const key = { id: keyId, requestsPerMinute, requestsPerDay };
  return {
    viewer: { role: 'partner', partnerId, name: partnerName, entitlement: entitlementIn(row), key },
    key,
    lastUsedAt,
  };
}

/** Notes a use, unless one within the minute before is noted. */
export async function noteKeyUse(db: Queryable, keyId: string, now: Date): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await db.rows(sql`
    update api_key set last_used_at = ${at}
    where id = ${keyId}::uuid and (last_used_at is null or last_used_at <= ${at} - interval '1 minute')`);
}

export interface KeyValues extends KeyLimits {
  partnerId: string | null;
  name: string;
  expiresAt: Date | null;
}

/** Gives a partner a key. It is in the answer and nowhere else. */
export async function issueApiKey(
  tx: Transaction,
  hand: Hand,
  { partnerId, name: called, expiresAt, requestsPerMinute, requestsPerDay }: KeyValues,
): Promise<{ id: string; key: string }> {
  const partner = partnerId && (await tx.prisma.partner.findUnique({ where: { id: partnerId }, select: { id: true } }));
  if (!partner) throw new NotFoundError('such partner');
  if (expiresAt && expiresAt <= hand.now)
    throw new ValidationError([{ path: 'expiresAt', message: 'must be in the future' }]);
  const { token: key, digest, prefix } = newToken('dlk_');
  const limits = { requestsPerMinute, requestsPerDay };
  const { id } = await tx.prisma.apiKey.create({
    data: {
      id: uuidv7(),
      partnerId: partner.id,
      name: called,
      prefix,
      digest,
      ...limits,
      createdAt: hand.now,
      expiresAt,
    },
    select: { id: true },
  });
  await recordAudit(tx, hand, {
    action: 'issueApiKey',
    subjectKind: 'ApiKey',
    subjectId: id,
    after: { partner: partner.id, name: called, prefix, ...limits, expiresAt: expiresAt?.toISOString() ?? null },
  });
  return { id, key };
}

/** Ends a key: the next request with it is refused, on every instance. Ending it again changes nothing. */
export async function revokeApiKey(tx: Transaction, hand: Hand, id: string | null): Promise<void> {
  const [key] = await tx.rows<KeyRow>(sql`select ${keyColumns} from api_key k where k.id = ${id}::uuid for update`);
  if (!key) throw new NotFoundError('such key');
  if (key.revokedAt) return;
  await tx.prisma.apiKey.update({ where: { id: key.id }, data: { revokedAt: hand.now }, select: { id: true } });
  await recordAudit(tx, hand, {
    action: 'revokeApiKey',
    subjectKind: 'ApiKey',
    subjectId: key.id,
    before: { partner: key.partnerId, name: key.name, prefix: key.prefix },
  });
}

export interface ListedKey extends KeyRow {
  partnerName: string;
}

/** Every key with whose it is, newest first; or those whose prefix begins so. */
export const keysListed = (db: Queryable, beginning = ''): Promise<ListedKey[]> =>
  db.rows(sql`
    select ${keyColumns}, p.name as "partnerName" from api_key k join partner p on p.id = k.partner_id
    where starts_with(k.prefix, ${beginning}) order by k.created_at desc, k.id desc`);

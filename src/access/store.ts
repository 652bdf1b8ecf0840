import { type Hand, recordAudit } from '../content/audit/store.js';
import type { Database, Queryable, Transaction } from '../database/database.js';
import { sql } from '../database/sql.js';
import type { Role } from '../generated/prisma/enums.js';
import { uuidv7 } from '../identifiers.js';
import { ConflictError, NotFoundError, ValidationError } from '../refusals.js';
import type { Identity } from './oidc.js';
import { tokenColumns, type TokenRow, userColumns, type UserRow } from './read.js';
import { describeToken, newToken } from './tokens.js';
import type { NewsroomRole, Viewer } from './viewer.js';

const roleOf = (role: NewsroomRole): Role => role.toUpperCase() as Role;
const viewerRole = (role: Role): NewsroomRole => role.toLowerCase() as NewsroomRole;

export interface Bearer {
  readonly viewer: Viewer;
  readonly tokenId: string;
  readonly lastUsedAt: Date | null;
}

/** Who carries the token with this digest now; null when nobody may. Read at every request, so that a revocation holds at once everywhere. */
export async function bearerOf(db: Queryable, digest: string, now: Date): Promise<Bearer | null> {
  const [row] = await db.rows<{
    tokenId: string;
    lastUsedAt: Date | null;
    userId: string;
    name: string;
    role: Role;
  }>(sql`
    select t.id as "tokenId", t.last_used_at as "lastUsedAt", u.id as "userId", u.name, u.role
    from token t join app_user u on u.id = t.user_id
    where t.digest = ${digest} and t.revoked_at is null and u.disabled_at is null
      and (t.expires_at is null or t.expires_at > ${now.toISOString()}::timestamptz)`);
  if (!row) return null;
  const { tokenId, lastUsedAt, userId, name, role } = row;
  return { viewer: { role: viewerRole(role), userId, name }, tokenId, lastUsedAt };
}

/** Notes a use, unless one within the minute before is noted. */
export async function noteUse(db: Queryable, tokenId: string, now: Date): Promise<void> {
  const at = sql`${now.toISOString()}::timestamptz`;
  await db.rows(sql`
    update token set last_used_at = ${at}
    where id = ${tokenId}::uuid and (last_used_at is null or last_used_at <= ${at} - interval '1 minute')`);
}

/** The user whom the issuer calls so: made when seen first, and called and ranked as the issuer says now. Null when disabled here. */
export async function userOfIdentity(
  db: Database,
  { subject, name, role }: Identity,
  now: Date,
): Promise<Viewer | null> {
  const columns = { id: true, name: true, role: true, disabledAt: true } as const;
  const known = await db.prisma.user.findUnique({ where: { subject }, select: columns });
  if (known?.disabledAt) return null;
  if (known?.name === name && known.role === roleOf(role)) return { role, userId: known.id, name };
  return db.transaction(async (tx) => {
    const [user] = await tx.rows<{ id: string; disabledAt: Date | null }>(sql`
      insert into app_user (id, name, subject, role, created_at)
      values (${uuidv7()}::uuid, ${name}, ${subject}, ${roleOf(role)}::role, ${now.toISOString()}::timestamptz)
      on conflict (subject) do update set name = excluded.name, role = excluded.role, revision = app_user.revision + 1
      returning id, disabled_at as "disabledAt"`);
    if (!user || user.disabledAt) return null;
    const viewer = { role, userId: user.id, name };
    await recordAudit(
      tx,
      { viewer, now, requestId: null },
      {
        action: 'signIn',
        subjectKind: 'User',
        subjectId: user.id,
        before: known && { name: known.name, role: known.role },
        after: { name, role: roleOf(role) },
      },
    );
    return viewer;
  });
}

export interface UserValues {
  name: string;
  role: Role;
}

/** Adds a member of the newsroom. Answers their id. */
export async function createUser(tx: Transaction, hand: Hand, { name, role }: UserValues): Promise<string> {
  const { id } = await tx.prisma.user.create({
    data: { id: uuidv7(), name, role, createdAt: hand.now },
    select: { id: true },
  });
  await recordAudit(tx, hand, { action: 'createUser', subjectKind: 'User', subjectId: id, after: { name, role } });
  return id;
}

export interface UserChanges {
  name?: string | null | undefined;
  role?: Role | null | undefined;
  disabled?: boolean | null | undefined;
}

/** Renames, ranks, locks out or lets in again. Who is locked out is refused from the next request on, with every token. */
export async function updateUser(
  tx: Transaction,
  hand: Hand,
  { id, expectedRevision, ...changes }: UserChanges & { id: string | null; expectedRevision: number },
): Promise<void> {
  // All administrators, so that two of them cannot each take away the other and leave none.
  const rows = await tx.rows<UserRow>(sql`
    select ${userColumns} from app_user u where u.id = ${id}::uuid or u.role = 'ADMIN' order by u.id for update`);
  const user = rows.find((row) => row.id === id);
  if (!user) throw new NotFoundError('such user');
  if (user.revision !== expectedRevision) throw new ConflictError(expectedRevision, user.revision);
  const before = { name: user.name, role: user.role, disabled: user.disabledAt !== null };
  const after = {
    name: changes.name ?? before.name,
    role: changes.role ?? before.role,
    disabled: changes.disabled ?? before.disabled,
  };
  const isAdmin = (row: UserRow) => row.role === 'ADMIN' && row.disabledAt === null;
  const remains = after.role === 'ADMIN' && !after.disabled;
  if (isAdmin(user) && !remains && !rows.some((row) => row.id !== user.id && isAdmin(row))) {
    const path = after.disabled ? 'disabled' : 'role';
    throw new ValidationError([
      { path, message: 'would leave nobody to administer; make another user an administrator first' },
    ]);
  }
  const disabledAt = after.disabled ? (user.disabledAt ?? hand.now) : null;
  await tx.prisma.user.update({
    where: { id: user.id },
    data: { name: after.name, role: after.role, disabledAt, revision: { increment: 1 } },
    select: { id: true },
  });
  await recordAudit(tx, hand, { action: 'updateUser', subjectKind: 'User', subjectId: user.id, before, after });
}

export interface TokenValues {
  userId: string | null;
  name: string;
  expiresAt: Date | null;
  /** A token chosen elsewhere; a new one when absent. */
  token?: string | undefined;
}

/** Gives a user a token. It is in the answer and nowhere else. */
export async function issueToken(
  tx: Transaction,
  hand: Hand,
  { userId, name, expiresAt, token: chosen }: TokenValues,
): Promise<{ id: string; token: string }> {
  const user =
    userId === null
      ? null
      : await tx.prisma.user.findUnique({ where: { id: userId }, select: { id: true, disabledAt: true } });
  if (!user) throw new NotFoundError('such user');
  if (user.disabledAt) throw new ValidationError([{ path: 'user', message: 'is locked out; let them in again first' }]);
  if (expiresAt && expiresAt <= hand.now)
    throw new ValidationError([{ path: 'expiresAt', message: 'must be in the future' }]);
  const { token, digest, prefix } = chosen === undefined ? newToken() : describeToken(chosen);
  const { id } = await tx.prisma.token.create({
    data: { id: uuidv7(), userId: user.id, name, prefix, digest, createdAt: hand.now, expiresAt },
    select: { id: true },
  });
  await recordAudit(tx, hand, {
    action: 'issueToken',
    subjectKind: 'Token',
    subjectId: id,
    after: { user: user.id, name, prefix, expiresAt: expiresAt?.toISOString() ?? null },
  });
  return { id, token };
}

/** Ends a token: the next request with it is refused, on every instance. Ending it again changes nothing. */
export async function revokeToken(tx: Transaction, hand: Hand, id: string | null): Promise<void> {
  const [token] = await tx.rows<TokenRow>(sql`select ${tokenColumns} from token t where t.id = ${id}::uuid for update`);
  if (!token) throw new NotFoundError('such token');
  if (token.revokedAt) return;
  await tx.prisma.token.update({ where: { id: token.id }, data: { revokedAt: hand.now }, select: { id: true } });
  await recordAudit(tx, hand, {
    action: 'revokeToken',
    subjectKind: 'Token',
    subjectId: token.id,
    before: { user: token.userId, name: token.name, prefix: token.prefix },
  });
}

/**
 * Makes the first administrator where there has never been one. Answers their token, or null when there is one already; two
 * processes at once make one.
 */
export function ensureAdministrator(db: Database, now: Date, token?: string): Promise<string | null> {
  return db.transaction(async (tx) => {
    await tx.rows(sql`select pg_advisory_xact_lock(7130123)::text`);
    if (await tx.prisma.user.findFirst({ where: { role: 'ADMIN' }, select: { id: true } })) return null;
    const hand: Hand = { viewer: { role: 'anyone' }, actorName: 'first start', now, requestId: null };
    const userId = await createUser(tx, hand, { name: 'Administrator', role: 'ADMIN' });
    return (await issueToken(tx, hand, { userId, name: 'first administrator', expiresAt: null, token })).token;
  });
}

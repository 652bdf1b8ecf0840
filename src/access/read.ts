import type { Queryable } from '../database/database.js';
import { type Key, keyset, type Page } from '../database/keyset.js';
import { name, sql } from '../database/sql.js';
import type { Role } from '../generated/prisma/enums.js';

export interface UserRow {
  id: string;
  name: string;
  role: Role;
  subject: string | null;
  createdAt: Date;
  disabledAt: Date | null;
  revision: number;
}

export interface TokenRow {
  id: string;
  userId: string;
  name: string;
  prefix: string;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
}

export const userColumns = name(
  'u.id, u.name, u.role, u.subject, u.created_at as "createdAt", u.disabled_at as "disabledAt", u.revision',
);

export const tokenColumns = name(
  't.id, t.user_id as "userId", t.name, t.prefix, t.created_at as "createdAt", t.expires_at as "expiresAt", ' +
    't.revoked_at as "revokedAt", t.last_used_at as "lastUsedAt"',
);

export const usersById = (db: Queryable, ids: readonly string[]): Promise<UserRow[]> =>
  db.rows(sql`select ${userColumns} from app_user u where u.id = any(${ids}::uuid[])`);

export const tokensById = (db: Queryable, ids: readonly string[]): Promise<TokenRow[]> =>
  db.rows(sql`select ${tokenColumns} from token t where t.id = any(${ids}::uuid[])`);

/** The tokens of users, newest first, ended ones too. */
export const tokensOf = (db: Queryable, userIds: readonly string[]): Promise<TokenRow[]> =>
  db.rows(
    sql`select ${tokenColumns} from token t where t.user_id = any(${userIds}::uuid[]) order by t.created_at desc, t.id desc`,
  );

export const placeOfUser = ({ createdAt, id }: UserRow): Key => [createdAt.getTime(), id];

export function usersNewestFirst(db: Queryable, page: Page): Promise<UserRow[]> {
  const { within, orderBy, limit } = keyset(page, {
    column: name('u.created_at'),
    id: name('u.id'),
    type: 'timestamptz',
    descending: true,
  });
  return db.rows(sql`select ${userColumns} from app_user u where ${within} order by ${orderBy} ${limit}`);
}

export async function userCount(db: Queryable): Promise<number> {
  const [row] = await db.rows<{ count: number }>(sql`select count(*)::int as count from app_user`);
  return row?.count ?? 0;
}

export interface ListedToken extends TokenRow {
  userName: string;
  role: Role;
  userDisabledAt: Date | null;
}

/** Every token with whose it is, newest first; or those whose prefix begins so. */
export const tokensListed = (db: Queryable, beginning = ''): Promise<ListedToken[]> =>
  db.rows(sql`
    select ${tokenColumns}, u.name as "userName", u.role, u.disabled_at as "userDisabledAt"
    from token t join app_user u on u.id = t.user_id
    where starts_with(t.prefix, ${beginning}) order by t.created_at desc, t.id desc`);

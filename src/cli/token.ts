import { type ListedToken, tokensListed } from '../access/read.js';
import { createUser, issueToken, revokeToken } from '../access/store.js';
import type { NewsroomRole } from '../access/viewer.js';
import type { Hand } from '../content/audit/store.js';
import type { Role } from '../generated/prisma/enums.js';
import { ForPeople } from '../for-people.js';
import { printColumns } from './columns.js';
import { openReady } from './open.js';

/** The command was given what it cannot do; the message says what would be right. */
export class TokenCommandRefused extends ForPeople {
  override name = 'TokenCommandRefused';
}

export interface TokenCreateCommand {
  role: NewsroomRole;
  name: string;
  /** How long it is good, in milliseconds. */
  expires?: number;
}

/** The hand of whoever types a command. */
export const handAt = (now: Date): Hand => ({
  viewer: { role: 'anyone' },
  actorName: 'command line',
  now,
  requestId: null,
});

/** Issues a token to the user of that name and role, who is made when there is none, and prints it this once. */
export async function tokenCreateCommand({ role, name, expires }: TokenCreateCommand): Promise<0> {
  const now = new Date();
  const expiresAt = expires === undefined ? null : new Date(now.getTime() + expires);
  const { db } = await openReady(process.env);
  try {
    const { token } = await db.transaction(async (tx) => {
      const values = { name, role: role.toUpperCase() as Role };
      const user = await tx.prisma.user.findFirst({
        where: { ...values, subject: null, disabledAt: null },
        orderBy: { id: 'asc' },
        select: { id: true },
      });
      const userId = user?.id ?? (await createUser(tx, handAt(now), values));
      return issueToken(tx, handAt(now), { userId, name: 'command line', expiresAt });
    });
    process.stderr.write(
      `${name}, ${role}${expiresAt ? `, until ${expiresAt.toISOString()}` : ''}. Shown this once and kept nowhere:\n`,
    );
    process.stdout.write(`${token}\n`);
    return 0;
  } finally {
    await db.close();
  }
}

function standingOf({ revokedAt, expiresAt, userDisabledAt }: ListedToken, now: Date): string {
  if (revokedAt) return `revoked ${revokedAt.toISOString()}`;
  if (expiresAt && expiresAt <= now) return `expired ${expiresAt.toISOString()}`;
  if (userDisabledAt) return 'user locked out';
  return expiresAt ? `until ${expiresAt.toISOString()}` : 'good';
}

/** Prints every token but the token itself: prefix, role, whose, what for, how it stands, last use. */
export async function tokenListCommand(): Promise<0> {
  const now = new Date();
  const { db } = await openReady(process.env);
  try {
    const rows = (await tokensListed(db)).map((token) => [
      token.prefix,
      token.role.toLowerCase(),
      token.userName,
      token.name,
      standingOf(token, now),
      token.lastUsedAt ? `used ${token.lastUsedAt.toISOString()}` : 'never used',
    ]);
    printColumns(rows);
    return 0;
  } finally {
    await db.close();
  }
}

/** Ends the one token whose prefix begins so. */
export async function tokenRevokeCommand(beginning: string): Promise<0> {
  const now = new Date();
  if (!/^dlt_[A-Za-z0-9_-]+$/.test(beginning)) {
    throw new TokenCommandRefused(
      `“${beginning}” is not the beginning of a token; \`dateline token list\` shows them, such as dlt_4fK2xQ.`,
    );
  }
  const { db } = await openReady(process.env);
  try {
    const found = await tokensListed(db, beginning.slice(0, 10));
    const [token, ...others] = found;
    if (!token) throw new TokenCommandRefused(`No token begins with ${beginning.slice(0, 10)}.`);
    if (others.length > 0) {
      throw new TokenCommandRefused(
        `${found.length} tokens begin with ${beginning}: ${found.map(({ prefix }) => prefix).join(', ')}. Give more of it.`,
      );
    }
    await db.transaction((tx) => revokeToken(tx, handAt(now), token.id));
    process.stdout.write(`${token.prefix} of ${token.userName} is revoked.\n`);
    return 0;
  } finally {
    await db.close();
  }
}

import { issueApiKey, keysListed, type ListedKey, revokeApiKey } from '../access/keys.js';
import { partnersBySlug } from '../content/partner/read.js';
import { usualLimits } from '../content/partner/rules.js';
import { sql } from '../database/sql.js';
import { printColumns } from './columns.js';
import { openReady } from './open.js';
import { handAt, TokenCommandRefused } from './token.js';

export interface KeyCreateCommand {
  /** The slug of the partner. */
  partner: string;
  name: string;
  /** How long it is good, in milliseconds. */
  expires?: number;
}

/** Issues a key to a partner and prints it this once. */
export async function keyCreateCommand({ partner: slug, name, expires }: KeyCreateCommand): Promise<0> {
  const now = new Date();
  const expiresAt = expires === undefined ? null : new Date(now.getTime() + expires);
  const { db } = await openReady(process.env);
  try {
    const [partner] = await partnersBySlug(db, [slug]);
    if (!partner) {
      const known = await db.rows<{ slug: string }>(sql`select slug from partner order by slug limit 20`);
      const there = known.length > 0 ? `there is ${known.map((one) => one.slug).join(', ')}` : 'there is none yet';
      throw new TokenCommandRefused(`There is no partner with the slug “${slug}”; ${there}.`);
    }
    const { key } = await db.transaction((tx) =>
      issueApiKey(tx, handAt(now), { partnerId: partner.id, name, expiresAt, ...usualLimits }),
    );
    process.stderr.write(
      `${partner.name}${expiresAt ? `, until ${expiresAt.toISOString()}` : ''}. Shown this once and kept nowhere:\n`,
    );
    process.stdout.write(`${key}\n`);
    return 0;
  } finally {
    await db.close();
  }
}

function standingOf({ revokedAt, expiresAt }: ListedKey, now: Date): string {
  if (revokedAt) return `revoked ${revokedAt.toISOString()}`;
  if (!expiresAt) return 'good';
  return expiresAt <= now ? `expired ${expiresAt.toISOString()}` : `until ${expiresAt.toISOString()}`;
}

/** Prints every key but the key itself: prefix, whose, what for, how it stands, last use. */
export async function keyListCommand(): Promise<0> {
  const now = new Date();
  const { db } = await openReady(process.env);
  try {
    printColumns(
      (await keysListed(db)).map((key) => [
        key.prefix,
        key.partnerName,
        key.name,
        standingOf(key, now),
        key.lastUsedAt ? `used ${key.lastUsedAt.toISOString()}` : 'never used',
      ]),
    );
    return 0;
  } finally {
    await db.close();
  }
}

/** Ends the one key whose prefix begins so. */
export async function keyRevokeCommand(beginning: string): Promise<0> {
  const now = new Date();
  if (!/^dlk_[A-Za-z0-9_-]+$/.test(beginning)) {
    throw new TokenCommandRefused(
      `“${beginning}” is not the beginning of a key; \`dateline key list\` shows them, such as dlk_4fK2xQ.`,
    );
  }
  const { db } = await openReady(process.env);
  try {
    const found = await keysListed(db, beginning.slice(0, 10));
    const [key, ...others] = found;
    if (!key) throw new TokenCommandRefused(`No key begins with ${beginning.slice(0, 10)}.`);
    if (others.length > 0) {
      throw new TokenCommandRefused(
        `${found.length} keys begin with ${beginning}: ${found.map(({ prefix }) => prefix).join(', ')}. Give more of it.`,
      );
    }
    await db.transaction((tx) => revokeApiKey(tx, handAt(now), key.id));
    process.stdout.write(`${key.prefix} of ${key.partnerName} is revoked.\n`);
    return 0;
  } finally {
    await db.close();
  }
}

import { randomBytes } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Database } from '../../../database/database.js';
import { name, sql } from '../../../database/sql.js';
import { NotFoundError, ValidationError } from '../../../refusals.js';
import { type Hand, recordAudit } from '../../audit/store.js';
import { bylineOf } from '../rules.js';
import { articleColumns, type ArticleRow } from '../row.js';
import { hold, revisionOf } from './load.js';

const secretName = 'preview-links';
const audience = 'dateline-preview';
const longestLifeSeconds = 30 * 86_400;

/** The key that every instance signs with; made once. */
async function signingKey(db: Database): Promise<Uint8Array> {
  const made = randomBytes(32).toString('base64url');
  await db.rows(sql`insert into secret (name, value) values (${secretName}, ${made}) on conflict (name) do nothing`);
  const [row] = await db.rows<{ value: string }>(sql`select value from secret where name = ${secretName}`);
  return Buffer.from(row?.value ?? '', 'base64url');
}

export interface PreviewLink {
  token: string;
  path: string;
  expiresAt: Date;
}

/** A signed token that lets whoever holds it read one revision, and nothing else, until it expires (RFC 7519). */
export async function createPreviewLink(
  db: Database,
  hand: Hand,
  {
    articleId,
    revision,
    expiresInSeconds,
  }: { articleId: string | null; revision: number | null; expiresInSeconds: number },
): Promise<PreviewLink> {
  if (expiresInSeconds < 60 || expiresInSeconds > longestLifeSeconds) {
    throw new ValidationError([{ path: 'expiresIn', message: `must be from 60 to ${longestLifeSeconds} seconds` }]);
  }
  const expiresAt = new Date(hand.now.getTime() + expiresInSeconds * 1000);
  const held = await db.transaction(async (tx) => {
    const piece = await hold(tx, hand, articleId, null);
    const shown = await revisionOf(tx, piece.id, revision ?? piece.revision);
    await recordAudit(tx, hand, {
      action: 'createPreviewLink',
      subjectKind: 'Article',
      subjectId: piece.id,
      after: { revision: shown.number, expiresAt: expiresAt.toISOString() },
    });
    return { ...piece, shown: shown.number };
  });
  const token = await new SignJWT({ revision: held.shown })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(held.id)
    .setAudience(audience)
    .setIssuedAt(hand.now)
    .setExpirationTime(expiresAt)
    .sign(await signingKey(db));
  return { token, path: held.path, expiresAt };
}

/** The piece that `token` lets its holder read, as that revision has it. Throws NotFoundError for any token that is not good. */
export async function previewed(db: Database, now: Date, token: string): Promise<ArticleRow> {
  const verified = await jwtVerify(token, await signingKey(db), {
    audience,
    algorithms: ['HS256'],
    currentDate: now,
    requiredClaims: ['exp', 'sub'],
  }).catch(() => null);
  const { sub = '', revision } = verified?.payload ?? {};
  if (typeof revision !== 'number') throw new NotFoundError('such preview; the link is wrong, or has expired');
  const [row] = await db.rows<ArticleRow>(sql`
    select ${articleColumns('a')} from article a where a.id = ${sub}::uuid and a.status <> 'RETRACTED'`);
  if (!row) throw new NotFoundError('such preview; the piece is gone');
  const preview = await revisionOf(db, row.id, revision);
  const { details } = preview;
  const [section] = await db.rows<{ id: string }>(
    sql`select id from ${name('section')} where slug = ${details.section}`,
  );
  return {
    ...row,
    headline: preview.headline,
    standfirst: preview.standfirst,
    byline: bylineOf(details.bylines, details.language),
    language: details.language,
    sectionId: section?.id ?? row.sectionId,
    preview,
  };
}

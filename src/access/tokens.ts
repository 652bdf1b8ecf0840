import { createHash, randomInt } from 'node:crypto';

/** What a token begins with, which says who carries it: the newsroom, or a partner. */
export type TokenKind = 'dlt_' | 'dlk_';

export interface NewToken {
  /** The token itself: shown once, and never kept. */
  readonly token: string;
  readonly digest: string;
  readonly prefix: string;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Characters of the alphabet after the prefix people see: 24 more of them are 142 bits that nobody sees. */
const shownLength = 10;
const randomLength = 30;

/** Hex, so that the digest of a token is compared and indexed as any text is. */
export const digestOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The first characters, by which people tell tokens apart. */
export const prefixOfToken = (token: string): string => token.slice(0, shownLength);

/** What is kept of `token`, beside the token itself. */
export const describeToken = (token: string): NewToken => ({
  token,
  digest: digestOfToken(token),
  prefix: prefixOfToken(token),
});

/** A new token, from the operating system's source of chance. */
export function newToken(kind: TokenKind = 'dlt_'): NewToken {
  const letters = Array.from({ length: randomLength }, () => alphabet[randomInt(alphabet.length)]);
  return describeToken(kind + letters.join(''));
}

/** Whether `text` has the form of a token of `kind`: at least 22 letters of base64url, which is 128 bits, after its kind. */
export const isToken = (kind: TokenKind, text: string): boolean =>
  text.startsWith(kind) && /^[A-Za-z0-9_-]{22,128}$/.test(text.slice(kind.length));

/** Whether `text` has the form of a signed JWT (RFC 7519 section 3): three parts of base64url. */
export const isSignedJwt = (text: string): boolean =>
  text.length <= 16_384 && /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(text);

/** The token of an `Authorization` header of the scheme Bearer (RFC 6750 section 2.1); null for any other. */
export function bearerToken(header: string): string | null {
  const [, token] = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(header) ?? [];
  return token ?? null;
}

/** The password of an `Authorization` header of the scheme Basic (RFC 7617 section 2); null for any other. */
export function basicPassword(header: string): string | null {
  const [, credentials] = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header) ?? [];
  if (credentials === undefined) return null;
  const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(credentials, 'base64').toString('utf8')) ?? [];
  return password ?? null;
}

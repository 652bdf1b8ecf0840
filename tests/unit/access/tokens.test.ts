import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { bearerToken, digestOfToken, isSignedJwt, isToken, newToken } from '../../../src/access/tokens.js';

describe('a new token', () => {
  it.each(['dlt_', 'dlk_'] as const)('begins with %s, has its form, and hides 142 bits behind its prefix', (kind) => {
    const { token, prefix, digest } = newToken(kind);
    expect(token).toMatch(new RegExp(`^${kind}[0-9A-Za-z]{30}$`));
    expect(isToken(kind, token)).toBe(true);
    expect(isToken(kind === 'dlt_' ? 'dlk_' : 'dlt_', token)).toBe(false);
    expect(prefix).toBe(token.slice(0, 10));
    expect((token.length - prefix.length) * Math.log2(62)).toBeGreaterThan(128);
    expect(digest).toBe(createHash('sha256').update(token).digest('hex'));
  });

  it('is never made twice, and uses every letter alike', () => {
    const tokens = Array.from({ length: 2000 }, () => newToken().token);
    expect(new Set(tokens).size).toBe(2000);
    const counts = new Map<string, number>();
    for (const letter of tokens.flatMap((token) => [...token.slice(4)]))
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
    const expected = (2000 * 30) / 62;
    expect(counts.size).toBe(62);
    // Six standard deviations: once in some hundred million runs.
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });
});

describe('the form of a token', () => {
  it.each([
    ['dlt_0123456789abcdefABCDEF', true],
    ['dlt_0123456789abcdefABCDE-_', true],
    ['dlt_0123456789abcdefABCDE', false],
    ['dlt_', false],
    ['', false],
    ['dlk_0123456789abcdefABCDEF', false],
    [' dlt_0123456789abcdefABCDEF', false],
    ['dlt_0123456789abcdefABCDEF\n', false],
    ['dlt_0123456789abcdefABCDé0', false],
    [`dlt_${'a'.repeat(129)}`, false],
  ])('%j: %s', (text, is) => expect(isToken('dlt_', text)).toBe(is));
});

describe('an Authorization header', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER  abc ', 'abc'],
    ['Bearer a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
    ['Bearer', null],
    ['Bearer ', null],
    ['Bearer a b', null],
    ['Bearer a, Bearer b', null],
    ['Basic abc', null],
    ['abc', null],
    ['XBearer abc', null],
    ['Bearer =', null],
    ['Bearer a\u0000', null],
  ])('%j holds %j', (header, token) => expect(bearerToken(header)).toBe(token));

  it('of any text is read without a fault', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const token = bearerToken(`Bearer ${text}`);
        expect(token === null || /^\S+$/.test(token)).toBe(true);
      }),
    );
  });
});

it.each([
  ['a.b.c', true],
  ['a.b', false],
  ['a.b.', false],
  ['a.b.c.d.e', false],
  ['a.b=.c', false],
  [`a.${'b'.repeat(20_000)}.c`, false],
])('%#: the form of a signed JWT', (text, is) => expect(isSignedJwt(text)).toBe(is));

it('the digest of a token depends on every letter of it', () => {
  const { token } = newToken();
  const others = [...token].map(
    (letter, index) => token.slice(0, index) + (letter === 'a' ? 'b' : 'a') + token.slice(index + 1),
  );
  expect(new Set([token, ...others].map(digestOfToken)).size).toBe(token.length + 1);
});

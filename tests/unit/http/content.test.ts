import { createHash } from 'node:crypto';
import { Content } from '../../../src/http/content.js';

const long = 'x'.repeat(5000);

it('is compressed once for each coding, however many ask at once or later', async () => {
  const content = new Content(long);
  const [one, other] = await Promise.all([content.in('br'), content.in('br')]);
  expect(one.bytes).toBe(other.bytes);
  expect((await content.in('br')).bytes).toBe(one.bytes);
  expect(content.made('br')).toBe(one);
  expect(content.made('gzip')).toBeUndefined();
});

it('has a tag of its content, and another in each coding, without being compressed', async () => {
  const content = new Content(long);
  const tags = await Promise.all((['identity', 'gzip', 'br'] as const).map((coding) => content.tagIn(coding)));
  expect(new Set(tags).size).toBe(3);
  expect(content.made('br')).toBeUndefined();
  expect((await content.in('br')).etag).toBe(tags[2]);
  expect(await new Content(`${long}y`).tagIn('br')).not.toBe(tags[2]);
});

it.each([
  ['short', 'é'],
  ['so long that it is hashed beside the loop', 'é'.repeat(600_000)],
])('what is %s is known by its SHA-256', async (_what, text) => {
  const digest = createHash('sha256').update(text).digest('base64url');
  expect(await new Content(text).tagIn('identity')).toBe(`"${digest.slice(0, 27)}"`);
});

it.each(['br', 'gzip', 'identity'] as const)('holds no more memory than its bytes take (%s)', async (coding) => {
  for (const text of ['short', long]) {
    const { bytes } = await new Content(text).in(coding);
    expect(bytes.buffer.byteLength).toBe(bytes.length);
  }
});

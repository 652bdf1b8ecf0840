import { readFileSync } from 'node:fs';
import { loadSampleNewsroom } from '../../../src/importing/sample.js';
import { startService, type TestService } from '../../support/service.js';

// Queries over the sample newspaper, each with the piece that a reader of it would expect first, written by hand.

const queries = JSON.parse(readFileSync(new URL('queries.json', import.meta.url), 'utf8')) as {
  query: string;
  first: string;
}[];

let service: TestService;
beforeAll(async () => {
  service = await startService();
  await loadSampleNewsroom(service.db, service.site, service.now);
}, 60_000);
afterAll(() => service.close());

it('finds first what a reader expects: the mean reciprocal rank is at least 0.9', async () => {
  const ranks: { query: string; rank: number; instead: string | undefined }[] = [];
  for (const { query, first } of queries) {
    const { data, errors } = await service.query(
      'query ($q: String!) { search(query: $q, first: 20) { nodes { article { slug } } } }',
      { q: query },
    );
    expect(errors).toBeUndefined();
    const slugs = data.search.nodes.map(({ article }: { article: { slug: string } }) => article.slug) as string[];
    ranks.push({ query, rank: slugs.indexOf(first) + 1, instead: slugs[0] === first ? undefined : slugs[0] });
  }
  const mean = ranks.reduce((sum, { rank }) => sum + (rank > 0 ? 1 / rank : 0), 0) / ranks.length;
  const others = ranks.filter(({ rank }) => rank !== 1);
  if (mean < 0.9)
    throw new Error(`The mean reciprocal rank is ${mean}. Not first:\n${JSON.stringify(others, null, 1)}`);
  expect(queries.length).toBeGreaterThanOrEqual(40);
});

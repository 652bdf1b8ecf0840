import type { ContentRecord } from '../../src/importing/records.js';
import { anArticle, anAuthor, aSection } from './records.js';
import { aMoment, type Answer, type TestService } from './service.js';

/** The id of nothing. */
export const nobody = '018f4b7e-0000-7000-8000-000000000000';

export const codesOf = ({ errors = [] }: Answer): unknown[] => errors.map(({ extensions }) => extensions?.['code']);

/** A paper with one of everything, and a second article. */
const records: ContentRecord[] = [
  aSection(),
  anAuthor(),
  { kind: 'tag', slug: 'trade', name: 'Trade' },
  { kind: 'partner', slug: 'riac', name: 'RIAC' },
  anArticle({
    slug: 'one',
    authors: ['ann-lee'],
    tags: ['trade'],
    partner: 'riac',
    comments: [{ id: '1', author: 'Bo', text: 'Well said.', at: aMoment.toISOString(), status: 'APPROVED' }],
  }),
  anArticle({ slug: 'two' }),
  { kind: 'collection', slug: 'set', collectionKind: 'SERIES', title: 'Set', articles: ['one', 'two'] },
];

export type IdsOfOneOfEach = Record<
  'article' | 'section' | 'author' | 'tag' | 'partner' | 'collection' | 'comment',
  string
>;

/** Stores one of everything and answers the id of each, as clients hold it. */
export async function oneOfEach(service: TestService): Promise<IdsOfOneOfEach> {
  await service.load(records);
  const { data } = await service.query(`{
    article(by: { slug: "one" }) { id section { id } bylines { author { id } } tags { id } source { partner { id } } comments { nodes { id } } }
    collection(by: { slug: "set" }) { id }
  }`);
  const { article, collection } = data;
  return {
    article: article.id,
    section: article.section.id,
    author: article.bylines[0].author.id,
    tag: article.tags[0].id,
    partner: article.source.partner.id,
    collection: collection.id,
    comment: article.comments.nodes[0].id,
  };
}

import { sql } from '../../../src/database/sql.js';
import type { ContentRecord } from '../../../src/importing/records.js';
import { anArticle, anAuthor, aSection, minutesAgo } from '../../support/records.js';
import type { TestService } from '../../support/service.js';

export const hard = 'Ships & <b>shoals</b>: “5 > 4” ]]> 🚢';

/** A paper with one piece that has all a feed can tell, and some that have little. */
export const paper: readonly ContentRecord[] = [
  { kind: 'publication', description: 'News of the sea.' },
  aSection({ slug: 'world', name: 'World' }),
  aSection({ slug: 'east-asia', name: 'East Asia', parent: 'world', description: 'From the Yalu to the Mekong.' }),
  anAuthor({ slug: 'anna-kolotova', name: 'Anna Kolotova', bio: 'Writes on ports.' }),
  anAuthor({ slug: 'zhao-wenbin', name: 'Zhao Wenbin' }),
  anAuthor({ slug: 'pia-lens', name: 'Pia Lens' }),
  { kind: 'tag', slug: 'trade', name: 'Trade' },
  { kind: 'tag', slug: 'ports', name: 'Ports & Ships' },
  {
    kind: 'partner',
    slug: 'riac',
    name: 'RIAC',
    url: 'https://riac.example/',
    attribution: 'From our partner RIAC',
    license: 'CC BY 4.0',
  },
  anArticle({
    slug: 'rich',
    headline: hard,
    standfirst: 'One plain paragraph with <angle> & ampersand.',
    body:
      '<p>See <a href="/2020/01/01/old/">the old piece</a>, <a href="#user-content-note">a note</a> and <a href="https://other.example/x?a=1&amp;b=2">another</a>.</p>' +
      '<iframe src="https://www.youtube.com/embed/abcdefghijk" title="The film"></iframe>' +
      '<p id="note">A ]]&gt; and a 🚢.</p>',
    section: 'east-asia',
    authors: [
      { author: 'anna-kolotova', affiliation: 'Qufu Normal University' },
      { author: 'zhao-wenbin' },
      { author: 'pia-lens', role: 'PHOTOGRAPHER' },
    ],
    tags: ['trade', 'ports'],
    partner: 'riac',
    originalUrl: 'https://riac.example/piece',
    leadImage: {
      url: 'https://img.example/a.jpg?w=1&h=2',
      alt: 'A port',
      caption: 'The port at dawn',
      credit: 'kremlin.ru',
      width: 800,
      height: 600,
    },
    corrections: [{ text: 'The port is in Qingdao.', at: minutesAgo(5) }],
    publishedAt: minutesAgo(60),
    firstPublishedAt: minutesAgo(120),
    updatedAt: minutesAgo(5),
  }),
  anArticle({
    slug: 'plain',
    section: 'world',
    tags: ['trade'],
    authors: ['anna-kolotova'],
    publishedAt: minutesAgo(90),
  }),
  anArticle({ slug: 'unsigned', section: 'world', publishedAt: minutesAgo(150), language: 'fr' }),
  anArticle({ slug: 'name-alone', section: 'world', authors: [{ name: 'A Guest' }], publishedAt: minutesAgo(180) }),
  anArticle({
    slug: 'draft',
    section: 'east-asia',
    status: 'DRAFT',
    publishedAt: null,
    authors: ['anna-kolotova'],
    tags: ['trade'],
    headline: 'Secret draft',
  }),
  anArticle({
    slug: 'later',
    section: 'east-asia',
    status: 'SCHEDULED',
    publishedAt: minutesAgo(-0.5),
    authors: ['anna-kolotova'],
    tags: ['trade'],
    headline: 'Secret later',
  }),
  anArticle({
    slug: 'gone',
    section: 'east-asia',
    status: 'RETRACTED',
    headline: 'Secret gone',
    body: '<p>Secret words.</p>',
    authors: ['anna-kolotova'],
    tags: ['trade'],
    publishedAt: minutesAgo(100),
    withdrawnAt: minutesAgo(10),
    reason: 'It was <wrong> & unfounded.',
  }),
];

export async function idOf(service: TestService, slug: string): Promise<string> {
  const [row] = await service.db.rows<{ id: string }>(sql`select id from article where slug = ${slug}`);
  if (!row) throw new Error(`there is no article ${slug}`);
  return row.id;
}

export const extensions = ['rss', 'atom', 'json', 'ninjs'] as const;
export type Extension = (typeof extensions)[number];

/** The ids of the pieces that a feed holds, in its order, whatever its format. */
export function idsIn(extension: Extension, body: string): string[] {
  if (extension === 'rss') return [...body.matchAll(/<guid[^>]*>urn:uuid:([^<]+)</g)].map(([, id]) => id ?? '');
  if (extension === 'atom') return [...body.matchAll(/<entry[^>]*><id>urn:uuid:([^<]+)</g)].map(([, id]) => id ?? '');
  const document = JSON.parse(body) as {
    items?: { id: string }[];
    associations?: { uri: string; pubStatus: string }[];
  };
  const ids =
    document.items?.map(({ id }) => id) ??
    document.associations?.filter(({ pubStatus }) => pubStatus === 'usable').map(({ uri }) => uri);
  return (ids ?? []).map((id) => id.replace('urn:uuid:', ''));
}

import { articleOf, readingOf, recordsOf } from '../reading.js';
import { anAttachment, anExport, anItem, aUser } from './an-export.js';

const readingWith = (item: Parameters<typeof anItem>[0], declarations = '', others: string[] = []) =>
  readingOf(anExport({ declarations, items: [anItem(item), ...others] }));

describe('a published post', () => {
  it('becomes an article with all that a reader sees of it', async () => {
    const reading = await readingWith(
      {
        fields: { title: 'Tom &amp; <em>Ann</em>', 'excerpt:encoded': '<p>What\nchanged</p>' },
        terms: [
          ['category', 'ports', 'Ports'],
          ['post_tag', 'trade', 'Trade'],
        ],
        meta: [['_thumbnail_id', '7']],
      },
      aUser('anna', 'Anna Kolotova'),
      [anAttachment({ fields: { 'excerpt:encoded': 'Cranes. Image credit: Li' }, meta: [['credit', 'Li Na']] })],
    );
    const { notes, ...article } = articleOf(reading);
    expect(notes).toEqual([]);
    expect(article).toEqual({
      kind: 'article',
      slug: 'harbour',
      headline: 'Tom & Ann',
      standfirst: 'What changed',
      body: '<p>Ships are back.</p>',
      section: 'ports',
      authors: ['anna'],
      tags: ['trade'],
      status: 'PUBLISHED',
      publishedAt: '2021-10-21T08:00:00.000Z',
      updatedAt: '2021-10-22T09:30:00.000Z',
      createdAt: '2021-10-21T08:00:00.000Z',
      language: 'en-GB',
      leadImage: {
        url: 'https://paper.example.org/uploads/harbour.jpg',
        alt: 'A crane',
        caption: 'Cranes. Image credit: Li',
        credit: 'Li Na',
      },
      comments: [],
      commentsOpen: true,
      oldPaths: ['/2021/10/21/harbour/', '/?p=42'],
    });
    expect(reading.articles[0]).toMatchObject({
      origin: { system: 'wordpress:https://paper.example.org', id: 'post:42' },
      at: { line: 18 },
    });
  });

  it.each(['1.0', '1.1', '1.2', '1.3'])('is read from version %s alike', async (version) => {
    const reading = await readingOf(anExport({ version, items: [anItem()] }));
    expect(articleOf(reading)).toMatchObject({ slug: 'harbour', status: 'PUBLISHED' });
  });

  it('is read from a file that says no version and forgot to declare its prefixes', async () => {
    const bare = anExport({ items: [anItem()] })
      .replace(/<wp:wxr_version>.*<\/wp:wxr_version>/, '')
      .replace(/xmlns:(dc|content|excerpt)="[^"]*"/g, '');
    expect(articleOf(await readingOf(bare))).toMatchObject({ body: '<p>Ships are back.</p>', authors: ['anna'] });
  });

  it('keeps a body of several CDATA sections whole, and what XML would take for their end', async () => {
    const item = anItem({ fields: { 'content:encoded': 'a ]]> b' } }).replace(
      '<![CDATA[a ',
      '<![CDATA[first ]]> & <![CDATA[a ',
    );
    const wellFormed = item.replace(' & ', ' &amp; ');
    expect(articleOf(await readingOf(anExport({ items: [wellFormed] }))).body).toBe('first  & a ]]> b');
  });

  it('takes the language a translation plugin gave it', async () => {
    expect(articleOf(await readingWith({ terms: [['language', 'ru', 'Русский']] })).language).toBe('ru');
  });
});

describe('the standing of a post', () => {
  it.each([
    ['publish', '', 'PUBLISHED', []],
    ['future', '', 'PUBLISHED', []],
    ['draft', '', 'DRAFT', []],
    ['pending', '', 'IN_REVIEW', []],
    ['private', '', 'DRAFT', ['was private: kept as a draft']],
    ['publish', 'secret', 'DRAFT', ['was protected by a password: kept as a draft']],
    ['pitch', '', 'DRAFT', ['had the status "pitch": kept as a draft']],
    ['constructor', '', 'DRAFT', ['had the status "constructor": kept as a draft']],
  ])('of status %s and password "%s" is %s', async (status, password, standing, notes) => {
    const article = articleOf(await readingWith({ fields: { 'wp:status': status, 'wp:post_password': password } }));
    expect(article).toMatchObject({ status: standing, notes });
    expect(article.publishedAt).toBe(standing === 'PUBLISHED' ? '2021-10-21T08:00:00.000Z' : null);
  });

  it.each([
    ['post', 'trash', 'in the trash'],
    ['post', 'auto-draft', 'an automatic draft nobody has saved'],
    ['post', 'inherit', 'belongs to another item (status inherit)'],
    ['page', 'publish', 'a page, not an article; the option to import pages as articles takes it'],
    ['revision', 'inherit', 'an earlier revision of another item'],
    ['nav_menu_item', 'publish', 'an entry of a menu'],
    ['wp_block', 'publish', 'a reusable block (type wp_block); pieces that use it lack its content'],
    ['recipe', 'publish', 'of the type "recipe", which is no article here'],
  ])('of type %s and status %s is skipped with the reason', async (type, status, reason) => {
    const { articles, references } = await readingWith({ fields: { 'wp:post_type': type, 'wp:status': status } });
    expect(articles).toEqual([
      expect.objectContaining({ outcome: 'skipped', kind: type, title: 'The harbour opens again', reason }),
    ]);
    expect(references).toEqual([]);
  });

  it('of a page is that of an article in "pages" where pages are asked for', async () => {
    const page = anItem({ fields: { 'wp:post_type': 'page' } });
    const reading = await readingOf(anExport({ items: [page] }), { pages: 'articles' });
    expect(articleOf(reading)).toMatchObject({ section: 'pages', status: 'PUBLISHED' });
    expect(recordsOf(reading.references)).toContainEqual({ kind: 'section', slug: 'pages', name: 'Pages' });
  });

  it('of a custom type is that of an article where the type is named', async () => {
    const file = anExport({ items: [anItem({ fields: { 'wp:post_type': 'report' } })] });
    expect(articleOf(await readingOf(file, { articleTypes: ['report'] })).status).toBe('PUBLISHED');
  });
});

describe('the moment of a post', () => {
  const zero = '0000-00-00 00:00:00';
  it.each([
    [
      'a draft',
      { 'wp:status': 'draft', 'wp:post_date_gmt': zero, pubDate: 'Wed, 30 Nov -0001 00:00:00 +0000' },
      'DRAFT',
      '2021-10-21T10:00:00.000Z',
      null,
    ],
    [
      'a post with an RSS date only',
      { 'wp:post_date_gmt': zero, pubDate: 'Thu, 21 Oct 2021 10:00:00 +0300' },
      'PUBLISHED',
      '2021-10-21T07:00:00.000Z',
      null,
    ],
    [
      'a post with a local date only',
      { 'wp:post_date_gmt': zero, pubDate: '' },
      'PUBLISHED',
      '2021-10-21T10:00:00.000Z',
      'has only a date without time zone, read as UTC',
    ],
    [
      'a post with an impossible date',
      { 'wp:post_date_gmt': '2021-02-30 10:00:00', pubDate: '', 'wp:post_date': '' },
      'PUBLISHED',
      '2021-10-22T09:30:00.000Z',
      'has no date of its own: that of its last change stands',
    ],
    [
      'a post without any date',
      { 'wp:post_date_gmt': zero, pubDate: '', 'wp:post_date': zero, 'wp:post_modified_gmt': zero },
      'PUBLISHED',
      '2021-11-01T12:00:00.000Z',
      'has no date: that of the export stands',
    ],
  ])('of %s is sure or said to be unsure', async (_, fields, status, at, note) => {
    const article = articleOf(await readingWith({ fields }));
    expect(article).toMatchObject({ status, createdAt: at, notes: note === null ? [] : [note] });
    expect(article.publishedAt).toBe(status === 'PUBLISHED' ? at : null);
  });

  it('that was scheduled without a time zone never comes too early', async () => {
    const fields = { 'wp:status': 'future', 'wp:post_date_gmt': zero, pubDate: '' };
    expect(articleOf(await readingWith({ fields }))).toMatchObject({ status: 'DRAFT', publishedAt: null });
  });

  it('of its last change is not before a publication it was scheduled for', async () => {
    const fields = { 'wp:post_modified_gmt': '2021-10-20 08:00:00' };
    expect(articleOf(await readingWith({ fields }))).toMatchObject({
      createdAt: '2021-10-20T08:00:00.000Z',
      updatedAt: '2021-10-21T08:00:00.000Z',
    });
  });
});

describe('the slug and headline of a post', () => {
  it.each([
    ['%d0%bf%d0%be%d1%80%d1%82-%d1', 'Порт', 'порт'],
    ['', 'Élan, “vital” & co', 'elan-vital-co'],
    ['', '!!!', 'post-42'],
  ])('of name "%s" and title "%s" is %s', async (name, title, slug) => {
    expect(articleOf(await readingWith({ fields: { 'wp:post_name': name, title } })).slug).toBe(slug);
  });

  it('come from the first words of a piece that has no title', async () => {
    const article = articleOf(
      await readingWith({ fields: { title: '', 'content:encoded': `<p>${'word '.repeat(40)}</p>` } }),
    );
    expect(article.headline).toMatch(/^(word ){14,}word…$/);
    expect(article.notes).toEqual(['had no title: its first words stand as the headline']);
  });
});

it('refuses an item that a second import could not recognise', async () => {
  const { articles } = await readingWith({ fields: { 'wp:post_id': '', guid: '', link: '' } });
  expect(articles).toMatchObject([
    { outcome: 'refused', reason: expect.stringContaining('neither a post id nor an address') },
  ]);
});

it('tells what the channel says of the publication', async () => {
  const { references } = await readingOf(anExport({ channel: { description: 'News of <b>ports</b>' } }));
  expect(recordsOf(references)).toEqual([{ kind: 'publication', description: 'News of ports' }]);
});

import { articleOf, readingOf } from '../reading.js';
import { anAttachment, anExport, anItem } from './an-export.js';

const readingWith = (item: Parameters<typeof anItem>[0], declarations = '', others: string[] = []) =>
  readingOf(anExport({ declarations, items: [anItem(item), ...others] }));

describe('the lead image of a post', () => {
  it.each(['before', 'after'])('is found when its attachment stands %s the post', async (place) => {
    const post = anItem({ meta: [['_thumbnail_id', '7']] });
    const items = place === 'before' ? [anAttachment(), post] : [post, anAttachment()];
    const reading = await readingOf(anExport({ items }));
    expect(articleOf(reading).leadImage).toMatchObject({ alt: 'A crane' });
    expect(reading.picture('7')).toMatchObject({ url: 'https://paper.example.org/uploads/harbour.jpg' });
    expect(reading.picture('8')).toBeNull();
  });

  it('is missed aloud when the file lacks it', async () => {
    const article = articleOf(await readingWith({ meta: [['_thumbnail_id', '7']] }));
    expect(article).toMatchObject({ leadImage: null, notes: ['its lead image (attachment 7) is not in the file'] });
  });

  it('is no audio file', async () => {
    const audio = anAttachment({ fields: { 'wp:attachment_url': 'https://paper.example.org/a.mp3' } });
    const { articles } = await readingWith({ meta: [['_thumbnail_id', '7']] }, '', [audio]);
    expect(articles).toMatchObject([
      { record: { leadImage: null } },
      { outcome: 'skipped', reason: 'a file (mp3), not a picture' },
    ]);
  });

  it('has the size and credit that serialised PHP begins with, and no more of it', async () => {
    const metadata = 'a:3:{s:5:"width";i:1200;s:6:"height";i:800;s:10:"image_meta";a:1:{s:6:"credit";s:5:"Li Na";}}';
    const reading = await readingWith({ meta: [['_thumbnail_id', '7']] }, '', [
      anAttachment({ meta: [['_wp_attachment_metadata', metadata]] }),
    ]);
    expect(articleOf(reading).leadImage).toMatchObject({ width: 1200, height: 800, credit: 'Li Na' });
  });
});

describe('the old addresses of a post', () => {
  it('are its link under every slug and date it has had', async () => {
    const meta: [string, string][] = [
      ['_wp_old_slug', 'port'],
      ['_wp_old_slug', ''],
      ['_wp_old_slug', 'порт'],
      ['_wp_old_date', '2021-09-30'],
    ];
    expect(articleOf(await readingWith({ meta })).oldPaths).toEqual([
      '/2021/10/21/harbour/',
      '/2021/09/30/harbour/',
      '/2021/10/21/port/',
      '/2021/09/30/port/',
      '/2021/10/21/%D0%BF%D0%BE%D1%80%D1%82/',
      '/2021/09/30/%D0%BF%D0%BE%D1%80%D1%82/',
      '/?p=42',
    ]);
  });

  it('lie in the folder the site lies in', async () => {
    const channel = { 'wp:base_blog_url': 'https://paper.example.org/en/', link: 'https://paper.example.org/en' };
    const items = [
      anItem({ fields: { link: 'https://paper.example.org/en/?p=42', guid: 'https://paper.example.org/en/?p=42' } }),
    ];
    const reading = await readingOf(anExport({ channel, items }));
    expect(articleOf(reading).oldPaths).toEqual(['/en/?p=42']);
    expect(reading.articles[0]).toMatchObject({ origin: { system: 'wordpress:https://paper.example.org/en' } });
  });

  it('are never those of another site', async () => {
    const article = articleOf(
      await readingWith({ fields: { link: 'https://elsewhere.example.com/x/', guid: 'urn:x' } }),
    );
    expect(article.oldPaths).toEqual(['/?p=42']);
    expect(article.notes).toEqual([
      'its link leads to another site (elsewhere.example.com) and is not kept as an old address',
    ]);
  });
});

describe('the comments of a post', () => {
  const comment = (id: string, more: Record<string, string> = {}) => ({
    'wp:comment_id': id,
    'wp:comment_author': 'Reader',
    'wp:comment_author_email': 'reader@example.org',
    'wp:comment_author_url': 'https://reader.example.org',
    'wp:comment_author_IP': '203.0.113.9',
    'wp:comment_date_gmt': '2021-10-21 11:00:00',
    'wp:comment_content': 'Well said.',
    'wp:comment_approved': '1',
    'wp:comment_type': 'comment',
    'wp:comment_parent': '0',
    ...more,
  });

  it('are threads of plain text that tell nothing else of who wrote them', async () => {
    const comments = [
      comment('1', { 'wp:comment_content': 'One<br />\ntwo\n\n<p>three &lt;3</p><script>x</script>' }),
      comment('2', { 'wp:comment_parent': '1', 'wp:comment_author': 'reader@example.org' }),
    ];
    const article = articleOf(await readingWith({ comments }));
    expect(article.comments).toEqual([
      {
        id: '1',
        parent: null,
        author: 'Reader',
        text: 'One\ntwo\n\nthree <3',
        at: '2021-10-21T11:00:00.000Z',
        status: 'APPROVED',
      },
      {
        id: '2',
        parent: '1',
        author: 'reader',
        text: 'Well said.',
        at: '2021-10-21T11:00:00.000Z',
        status: 'APPROVED',
      },
    ]);
    expect(JSON.stringify(article)).not.toMatch(/reader@|203\.0|reader\.example/);
  });

  it.each([
    ['1', 'APPROVED'],
    ['0', 'PENDING'],
    ['spam', 'SPAM'],
    ['trash', 'REJECTED'],
    ['', 'PENDING'],
    ['maybe', 'PENDING'],
  ])('of approval "%s" are %s', async (approved, status) => {
    const article = articleOf(await readingWith({ comments: [comment('1', { 'wp:comment_approved': approved })] }));
    expect(article.comments).toMatchObject([{ status }]);
  });

  it('are left out, or moved to the top, aloud', async () => {
    const comments = [
      comment('1', { 'wp:comment_type': 'pingback' }),
      comment('2', { 'wp:comment_parent': '1' }),
      comment('3', { 'wp:comment_parent': '4' }),
      comment('4', { 'wp:comment_parent': '3' }),
      comment('5', { 'wp:comment_content': ' ' }),
      comment('4'),
    ];
    const article = articleOf(await readingWith({ comments }));
    expect(article.comments?.map(({ id, parent }) => [id, parent])).toEqual([
      ['2', null],
      ['3', null],
      ['4', '3'],
      ['4-2', null],
    ]);
    expect(article.notes).toEqual([
      '1 comment left out, of the type pingback',
      '1 comment left out, empty',
      '2 comments in reply to a missing comment: kept at the top',
    ]);
  });
});

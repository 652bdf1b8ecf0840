import { globalId } from '../../../src/graphql/builder.js';
import { sql } from '../../../src/database/sql.js';
import { uuidv7 } from '../../../src/identifiers.js';
import { questionsOf } from '../../support/answers.js';
import { operation } from '../../support/operations.js';
import { aPartner } from '../../support/partners.js';
import { startReceiver } from '../../support/receiver.js';
import { anArticle, aSection, minutesAgo } from '../../support/records.js';
import { aMoment, startService, type TestService } from '../../support/service.js';

const dayMs = 86_400_000;
let service: TestService;
let editor: { authorization: string };
let one: string;
let draft: string;

const articleId = async (slug: string, on = service) => {
  const [row] = await on.db.rows<{ id: string }>(sql`select id from article where slug = ${slug}`);
  return globalId('Article', row!.id);
};

beforeAll(async () => {
  service = await startService();
  await service.load([
    aSection(),
    anArticle({ slug: 'one', publishedAt: minutesAgo(60) }),
    anArticle({ slug: 'two', publishedAt: minutesAgo(50) }),
    anArticle({ slug: 'closed', publishedAt: minutesAgo(70), commentsOpen: false }),
    anArticle({ slug: 'draft', status: 'DRAFT', publishedAt: null }),
    ...Array.from({ length: 12 }, (_, index) => anArticle({ publishedAt: minutesAgo(100 + index) })),
  ]);
  editor = await service.signIn('editor', 'Ed');
  one = await articleId('one');
  draft = await articleId('draft');
});
afterAll(() => service.close());
let lastAddress = 0;
beforeEach(async () => {
  service.now = aMoment;
  await service.db.send('delete from comment; delete from rate_limit');
});

interface Given {
  article?: string;
  parent?: string | null;
  author?: string;
  text?: string;
}

/** Posts from an address of its own, unless one is given. */
async function post(
  given: Given = {},
  {
    on = service,
    address = '',
    headers = {},
  }: { on?: TestService; address?: string; headers?: Record<string, string> } = {},
) {
  lastAddress += 1;
  const response = await on.request(
    '/graphql',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        query: operation('post-comment'),
        variables: { input: { article: one, author: 'Bo', text: 'Well said.', ...given } },
      }),
    },
    address || `10.0.${lastAddress >> 8}.${lastAddress & 255}`,
  );
  const { data } = (await response.json()) as { data: any };
  return data.postComment;
}

const moderate = async (
  id: string,
  decision: string,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = editor,
) =>
  (await service.query(operation('desk/97-moderate'), { input: { id, decision, ...more } }, headers)).data
    .moderateComment;

const queue = async (status = 'PENDING', headers: Record<string, string> = editor) =>
  (await service.query(operation('desk/95-moderation-queue'), { status }, headers)).data.moderationQueue;

const asReadersSee = async (headers = {}, on = service) =>
  (
    await on.query(
      `query ($id: ID!) { article(by: { id: $id }) { commentCount comments { totalCount nodes { text replies { text parent { text } } } } } }`,
      { id: one },
      headers,
    )
  ).data.article;

const nodeOf = async (id: string, headers = {}) =>
  (
    await service.query(
      'query ($id: ID!) { node(id: $id) { ... on Comment { text status heldBecause moderation { reason } } } }',
      { id },
      headers,
    )
  ).data.node;

async function approved(given: Given = {}): Promise<string> {
  const { comment } = await post(given);
  await moderate(comment.id, 'APPROVE');
  return comment.id;
}

describe('a comment', () => {
  it('waits for a moderator; then readers see it, and it is counted', async () => {
    const { comment } = await post({ text: 'First.' });
    expect(comment).toMatchObject({ status: 'PENDING', author: 'Bo', html: '<p>First.</p>' });
    expect(await asReadersSee()).toEqual({ commentCount: 0, comments: { totalCount: 0, nodes: [] } });
    expect(await nodeOf(comment.id)).toBeNull();
    expect(await queue()).toMatchObject({
      totalCount: 1,
      nodes: [{ id: comment.id, article: { headline: expect.any(String) } }],
    });
    expect(await moderate(comment.id, 'APPROVE')).toMatchObject({ comment: { status: 'APPROVED', revision: 2 } });
    expect(await asReadersSee()).toEqual({
      commentCount: 1,
      comments: { totalCount: 1, nodes: [{ text: 'First.', replies: [] }] },
    });
    expect(await queue()).toMatchObject({ totalCount: 0, nodes: [] });
  });

  it('of a moderator stands at once', async () => {
    expect(await post({}, { headers: editor })).toMatchObject({ comment: { status: 'APPROVED' } });
    expect(await asReadersSee()).toMatchObject({ commentCount: 1 });
  });

  it('is plain text: what looks like markup is shown as it was written, addresses become links', async () => {
    const text =
      '<script>alert(1)</script> & see https://a.example/x?a=1&b="2". \r\njavascript:alert(1)\r\n\r\n\r\nEnd';
    expect((await post({ text })).comment.html).toBe(
      '<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; see <a href="https://a.example/x?a=1&amp;b=%222%22" rel="nofollow ugc noopener">https://a.example/x?a=1&amp;b="2"</a>. <br>javascript:alert(1)</p><p>End</p>',
    );
  });

  it.each([
    ['no name', { author: ' ' }, 'author'],
    ['a long name', { author: 'x'.repeat(81) }, 'author'],
    ['a name of two lines', { author: 'a\nb' }, 'author'],
    ['no words', { text: ' \n ' }, 'text'],
    ['too many words', { text: 'x'.repeat(5001) }, 'text'],
  ])('with %s is refused', async (_name, given, path) => {
    expect(await post(given)).toMatchObject({ __typename: 'ValidationError', fields: [{ path }] });
    expect(await service.db.prisma.comment.count()).toBe(0);
  });

  it('on what is not on the site is refused as on what is not there', async () => {
    const absent = globalId('Article', '018f4b7e-0000-7000-8000-000000000000');
    for (const headers of [{}, editor]) {
      expect(await post({ article: draft }, { headers })).toEqual(await post({ article: absent }, { headers }));
    }
    expect(await post({ article: draft })).toEqual({
      __typename: 'NotFoundError',
      message: 'There is no such article.',
    });
  });

  it('on a piece that an editor closed is refused', async () => {
    expect(await post({ article: await articleId('closed') })).toMatchObject({
      __typename: 'CommentsClosedError',
      closedAt: null,
    });
  });

  it('answers one that begins a thread, and nothing else', async () => {
    const thread = await approved({ text: 'Why?' });
    const held = (await post()).comment.id;
    const answer = await approved({ parent: thread, text: 'Because.' });
    expect(await asReadersSee()).toEqual({
      commentCount: 2,
      comments: { totalCount: 1, nodes: [{ text: 'Why?', replies: [{ text: 'Because.', parent: { text: 'Why?' } }] }] },
    });
    const refused = { __typename: 'ValidationError', fields: [{ path: 'parent', message: expect.any(String) }] };
    for (const parent of [answer, held, one]) expect(await post({ parent })).toMatchObject(refused);
    expect(await post({ parent: thread, article: await articleId('two') })).toMatchObject(refused);
  });

  it('with many links waits, whatever is set', async () => {
    const open = await startService({ beside: service, environment: { COMMENTS_HOLD: 'off' } });
    const text = [1, 2, 3, 4].map((number) => `https://a.example/${number}`).join(' ');
    expect((await post({ text }, { on: open })).comment.status).toBe('PENDING');
    expect((await post({ text: text.slice(20) }, { on: open })).comment.status).toBe('APPROVED');
    expect((await queue()).nodes).toMatchObject([{ heldBecause: 'It has 4 links.' }]);
    await open.close();
  });

  it('is in the audit log with who wrote and who decided, and not with their words', async () => {
    const { comment } = await post({ text: 'Secret words.' });
    await moderate(comment.id, 'REJECT', { reason: 'Off the point.' });
    const entries = await service.db.prisma.auditEntry.findMany({
      where: { subjectKind: 'Comment' },
      orderBy: { id: 'desc' },
      take: 2,
    });
    expect(entries).toMatchObject([
      {
        action: 'moderateComment',
        actorName: 'Ed',
        before: { status: 'PENDING' },
        after: { status: 'REJECTED', reason: 'Off the point.' },
      },
      { action: 'postComment', actorName: 'anyone', after: { status: 'PENDING' } },
    ]);
    expect(JSON.stringify(entries)).not.toContain('Secret');
  });

  it('costs the same statements whatever is there already', async () => {
    const cost = async () => {
      service.statements();
      await post();
      return service.statements().length;
    };
    await post();
    const few = await cost();
    await service.db.rows(sql`insert into comment (id, article_id, author_name, text, status)
      select gen_random_uuid(), (select id from article where slug = 'one'), 'Cy', 'x', 'APPROVED' from generate_series(1, 500)`);
    expect(await cost()).toBe(few);
    expect(few).toBeLessThanOrEqual(10);
  });
});

describe('the time for comments', () => {
  it('runs out after the days that are set, at the very moment, for what is kept too', async () => {
    const closing = await startService({ beside: service, answers: true, environment: { COMMENTS_OPEN_DAYS: '2' } });
    const isOpen = async () =>
      (await closing.query('{ article(by: { slug: "one" }) { commentsOpen } }')).data.article.commentsOpen;
    const closesAt = Date.parse(minutesAgo(60)) + 2 * dayMs;
    closing.now = new Date(closesAt - 1);
    expect(await isOpen()).toBe(true);
    expect(await post({}, { on: closing })).toMatchObject({ __typename: 'PostCommentSuccess' });
    closing.now = new Date(closesAt);
    expect(await isOpen()).toBe(false);
    expect(await post({}, { on: closing })).toMatchObject({
      __typename: 'CommentsClosedError',
      closedAt: new Date(closesAt).toISOString(),
    });
    await closing.close();
  });
});

describe('who writes much', () => {
  it('is refused after five in ten minutes, by address, whatever agent it says it is, on all instances', async () => {
    const other = await startService({ beside: service });
    const send = (on: TestService, index: number) =>
      post({}, { on, address: '203.0.113.9', headers: { 'user-agent': `x${index}` } });
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => send(index % 2 ? service : other, index)),
    );
    const kinds = answers.map(({ __typename }) => __typename);
    expect(kinds.filter((kind) => kind === 'PostCommentSuccess')).toHaveLength(5);
    const refused = answers.find(({ __typename }) => __typename === 'TooOftenError');
    expect(refused.retryAfter).toBeGreaterThan(590);
    expect(await service.db.prisma.comment.count()).toBe(5);
    expect(await post({}, { address: '203.0.113.10' })).toMatchObject({ __typename: 'PostCommentSuccess' });
    await other.close();
  });
});

describe('a decision', () => {
  it('may be made otherwise later, and takes the answers along', async () => {
    const thread = await approved({ text: 'Why?' });
    await approved({ parent: thread, text: 'Because.' });
    expect(await moderate(thread, 'SPAM')).toMatchObject({ comment: { status: 'SPAM' } });
    expect(await asReadersSee()).toEqual({ commentCount: 0, comments: { totalCount: 0, nodes: [] } });
    await moderate(thread, 'APPROVE');
    expect(await asReadersSee()).toMatchObject({ commentCount: 2 });
  });

  it('of an answer by its id is that of the thread as well', async () => {
    const thread = await approved({ text: 'Why?' });
    const answer = await approved({ parent: thread, text: 'Because.' });
    expect(await nodeOf(answer)).toMatchObject({ text: 'Because.' });
    await moderate(thread, 'REJECT', { reason: 'Enough.' });
    expect(await nodeOf(answer)).toBeNull();
    expect(await nodeOf(answer, editor)).toMatchObject({ text: 'Because.', status: 'APPROVED' });
    expect(await nodeOf(thread, editor)).toMatchObject({ status: 'REJECTED', moderation: { reason: 'Enough.' } });
  });

  it('against a revision that is no longer the newest is refused', async () => {
    const { comment } = await post();
    await moderate(comment.id, 'REJECT', { expectedRevision: 1 });
    expect(await moderate(comment.id, 'APPROVE', { expectedRevision: 1 })).toMatchObject({
      __typename: 'ConflictError',
      currentRevision: 2,
    });
    expect(await queue('REJECTED')).toMatchObject({ totalCount: 1 });
  });

  it('of two moderators at once is one, where both name what they read', async () => {
    const { comment } = await post();
    const both = await Promise.all(
      ['APPROVE', 'SPAM'].map((decision) => moderate(comment.id, decision, { expectedRevision: 1 })),
    );
    expect(both.map(({ __typename }) => __typename).sort()).toEqual(['ConflictError', 'ModerateCommentSuccess']);
  });

  it.each(['Comment', 'Article'])('on no comment (%s) is refused', async (typename) => {
    const id = globalId(typename, '018f4b7e-0000-7000-8000-000000000000');
    expect(await moderate(id, 'APPROVE')).toMatchObject({ __typename: 'NotFoundError' });
  });

  it('is for editors; what they wrote beside it is for nobody else', async () => {
    const id = await approved();
    await moderate(id, 'APPROVE', { reason: 'Fine.' });
    const contributor = await service.signIn('contributor');
    expect(await moderate(id, 'REJECT', {}, contributor)).toMatchObject({ __typename: 'ForbiddenError' });
    for (const headers of [{}, contributor])
      expect(await nodeOf(id, headers)).toMatchObject({ moderation: null, heldBecause: null });
    expect(await nodeOf(id, editor)).toMatchObject({ moderation: { reason: 'Fine.' } });
  });
});

describe('the queue', () => {
  it('is paged oldest first, by values that outlive what is decided meanwhile', async () => {
    const ids: string[] = [];
    for (let minute = 0; minute < 5; minute += 1) {
      service.now = new Date(aMoment.getTime() + minute * 60_000);
      ids.push((await post()).comment.id);
    }
    const page = (after: string | null) =>
      service.query(operation('desk/95-moderation-queue'), { status: 'PENDING', first: 2, after }, editor);
    const first = (await page(null)).data.moderationQueue;
    expect(first.nodes.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
    await moderate(ids[1]!, 'SPAM');
    const second = (await page(first.pageInfo.endCursor)).data.moderationQueue;
    expect(second.nodes.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2, 4));
    expect(second.totalCount).toBe(4);
  });
});

describe('what is held', () => {
  it('changes nothing that readers and partners are answered, in any field', async () => {
    const partner = await aPartner(service, 'riac');
    await partner.grant({});
    await approved({ text: 'Shown.' });
    const questions = await questionsOf(service);
    const answers = async () => {
      const given: unknown[] = [];
      for (const headers of [{}, partner.headers]) {
        for (const { document, variables } of questions) given.push(await service.query(document, variables, headers));
      }
      return given;
    };
    const before = await answers();
    expect(JSON.stringify(before)).toContain('Shown.');
    for (const status of ['PENDING', 'REJECTED', 'SPAM']) {
      await service.db.rows(sql`
        with threads as (
          insert into comment (id, article_id, author_name, text, status)
          select gen_random_uuid(), id, 'Bo', 'Held.', ${status}::comment_status from article returning id, article_id
        ), answers as (
          insert into comment (id, article_id, parent_id, author_name, text, status)
          select gen_random_uuid(), article_id, id, 'Cy', 'Held too.', 'APPROVED' from threads
        )
        insert into comment (id, article_id, parent_id, author_name, text, status)
        select gen_random_uuid(), article_id, id, 'Cy', 'Held as well.', ${status}::comment_status from comment where text = 'Shown.'`);
    }
    expect(await answers()).toEqual(before);
  });

  it('leaves kept answers where they are; what is let through replaces those of its article alone', async () => {
    const kept = await startService({ answers: true, beside: service });
    const { counts } = kept.answers!.memory;
    const ask = (slug: string) =>
      kept.query(`{ article(by: { slug: "${slug}" }) { commentCount comments { nodes { text } } } }`);
    await ask('one');
    await ask('two');
    const evicted = counts.evicted;
    const { comment } = await post();
    await kept.answers!.caughtUp();
    expect(counts.evicted).toBe(evicted);
    await moderate(comment.id, 'APPROVE');
    await kept.answers!.caughtUp();
    expect(counts.evicted).toBe(evicted + 1);
    expect((await ask('one')).data.article.commentCount).toBe(1);
    await kept.close();
  });

  it('shows by its id on every instance as soon as its thread is let through', async () => {
    const kept = await startService({ answers: true, beside: service });
    const thread = await approved({ text: 'Why?' });
    const answer = await approved({ parent: thread, text: 'Because.' });
    const ask = async () => (await kept.query('query ($id: ID!) { node(id: $id) { id } }', { id: answer })).data.node;
    expect(await ask()).not.toBeNull();
    for (const [decision, holds] of [
      ['REJECT', false],
      ['APPROVE', true],
    ] as const) {
      await moderate(thread, decision);
      await kept.answers!.caughtUp();
      expect((await ask()) !== null).toBe(holds);
    }
    await kept.close();
  });
});

describe('the spam hook', () => {
  const asked = async (answer: { status?: number; body: string }, environment: Record<string, string> = {}) => {
    const receiver = await startReceiver();
    receiver.answer = (_request, response) => void response.writeHead(answer.status ?? 200).end(answer.body);
    const on = await startService({
      beside: service,
      environment: { COMMENTS_SPAM_HOOK: `${receiver.url}/check`, WEBHOOK_ALLOW_PRIVATE: '1', ...environment },
    });
    const given = await post({ text: 'Buy!' }, { on });
    await on.close();
    await receiver.close();
    return { given, bodies: receiver.received.map(({ body }) => body) };
  };

  it('is told the words and the piece, and nothing of who wrote', async () => {
    const { bodies } = await asked({ body: '{"verdict":"ham"}' });
    expect(bodies.map((body) => JSON.parse(body))).toEqual([
      {
        article: {
          url: expect.stringContaining('https://news.example/'),
          headline: expect.any(String),
          language: 'en',
        },
        comment: { author: 'Bo', text: 'Buy!', isAnswer: false },
      },
    ]);
  });

  it.each([
    ['ham', 'on', { body: '{"verdict":"ham"}' }, 'PENDING', null],
    ['ham', 'off', { body: '{"verdict":"ham"}' }, 'APPROVED', null],
    ['spam', 'off', { body: '{"verdict":"spam"}' }, 'SPAM', null],
    ['unsure', 'off', { body: '{"verdict":"unsure"}' }, 'PENDING', null],
    ['nonsense', 'off', { body: '<html>' }, 'PENDING', 'The spam hook answered something else'],
    ['an error', 'off', { status: 503, body: '' }, 'PENDING', 'The spam hook answered 503.'],
  ])('that answers %s, comments held %s, makes it so', async (_name, hold, answer, status, because) => {
    const { given } = await asked(answer, { COMMENTS_HOLD: hold });
    // Who is turned down as spam is not told.
    expect(given.comment.status).toBe(status === 'SPAM' ? 'PENDING' : status);
    const [row] = await service.db.prisma.comment.findMany();
    expect(row?.status).toBe(status);
    if (because === null) expect(row?.heldBecause).toBeNull();
    else expect(row?.heldBecause).toContain(because);
  });

  it('inside the network is not asked unless that is allowed; the comment is held', async () => {
    const on = await startService({
      beside: service,
      environment: { COMMENTS_SPAM_HOOK: 'http://127.0.0.1:8999/check', COMMENTS_HOLD: 'off' },
    });
    expect(await post({}, { on })).toMatchObject({ comment: { status: 'PENDING' } });
    expect((await queue()).nodes[0].heldBecause).toContain('must be on the public internet');
    await on.close();
  });
});

it('an imported comment is one of them', async () => {
  const id = uuidv7();
  await service.db.rows(sql`insert into comment (id, article_id, author_name, text, status, origin_id)
    select ${id}::uuid, id, 'Old', 'Once.', 'PENDING', '77' from article where slug = 'one'`);
  expect((await moderate(globalId('Comment', id), 'APPROVE')).comment.status).toBe('APPROVED');
  expect(await asReadersSee()).toMatchObject({ commentCount: 1 });
});

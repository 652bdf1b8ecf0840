import type { Browser } from 'playwright-core';
import { openBrowser, type Seat, takeSeat } from '../../support/browser.js';
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.js';

// One piece on its way from the draft to the retraction, by the ready tabs, as an editor's day goes. In order: each test
// goes on from where the last one stopped.

const headline = 'The harbour that waits for the fog';
const aMinute = 60_000;

let service: ServiceProcess;
let browser: Browser;
let editor: Seat;
let piece: { id: string; revision: number; slug: string };
let appearsAt: Date;

beforeAll(async () => {
  service = await startServiceProcess();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

const newest = async (seat: Seat): Promise<string> => {
  await seat.open('What is on the site');
  const { data } = await seat.run();
  return data.latestFeed.entries.nodes[0].headline;
};

describe('an editor', () => {
  it('signs in by a token that was made beside the running service, and reads who they are and what they may do', async () => {
    editor = await takeSeat(browser, service.url);
    await editor.shot('01-before-signing-in');
    await editor.signIn(await service.tokenFor('editor', 'Ada Lindqvist'));
    await editor.page.getByText('Signed in as').click();
    const whoami = editor.page.getByRole('group').filter({ hasText: 'Ada Lindqvist' });
    expect(await whoami.innerText()).toMatch(/Signed in as Ada Lindqvist, editor/);
    const allowed = await whoami.getByRole('listitem').allInnerTexts();
    expect(allowed).toEqual(expect.arrayContaining(['publish', 'retract', 'write drafts']));
    expect(allowed).not.toContain('manage users');
    await editor.shot('02-who-i-am');
    await editor.page.getByText('Signed in as').click();
  });

  it('sees what is on the site', async () => {
    expect(await newest(editor)).not.toBe(headline);
    expect(await editor.onScreen()).toContain('"latestFeed"');
    await editor.shot('03-on-the-site');
  });

  it('writes a draft with the variables that stand there', async () => {
    await editor.open('Write a draft');
    const { data } = await editor.run();
    expect(data.createArticle).toMatchObject({
      __typename: 'CreateArticleSuccess',
      article: { status: 'DRAFT', revision: 1, headline, byline: 'Lin Qiaoyun' },
    });
    expect(await editor.onScreen()).toContain('"status": "DRAFT"');
    await editor.shot('04-draft');
    piece = data.createArticle.article;
  });

  it('looks it over, and makes a link for somebody who has no token', async () => {
    await editor.open('Look it over', { id: piece.id });
    const { data } = await editor.run();
    expect(data.validateArticle.map(({ path }: { path: string }) => path)).toEqual(['body']);
    await editor.shot('05-looked-over');

    await editor.open('Preview link', { input: { id: piece.id } });
    const link = await editor.run();
    expect(link.data.createPreviewLink).toMatchObject({ __typename: 'CreatePreviewLinkSuccess' });
    await editor.shot('06-preview-link');
  });

  it('submits it', async () => {
    await editor.open('Submit', { input: { id: piece.id, expectedRevision: piece.revision } });
    const { data } = await editor.run();
    expect(data.submitArticle.article).toMatchObject({ status: 'IN_REVIEW', revision: 1 });
    expect(await editor.onScreen()).toContain('IN_REVIEW');
    await editor.shot('07-submitted');
  });

  it('is refused a revision that nobody has saved, and reads which one is the newest', async () => {
    await editor.open('Publish', { input: { id: piece.id, expectedRevision: 7 } });
    const { data } = await editor.run();
    expect(data.publishArticle).toMatchObject({ __typename: 'ConflictError', currentRevision: 1 });
    expect((await editor.onScreen()).replace(/\s+/g, ' ')).toContain('There is no revision 7 yet; 1 is the newest.');
    await editor.shot('08-refused');
  });

  it('schedules it a minute ahead; it is not on the site yet', async () => {
    appearsAt = new Date(Date.now() + aMinute);
    await editor.open('Schedule', { input: { id: piece.id, expectedRevision: 1, at: appearsAt.toISOString() } });
    const { data } = await editor.run();
    expect(data.scheduleArticle.article).toMatchObject({ status: 'SCHEDULED', scheduledFor: appearsAt.toISOString() });
    await editor.shot('09-scheduled');
    expect(await newest(editor)).not.toBe(headline);
  });
});

describe('a contributor, meanwhile,', () => {
  it('cannot publish what they wrote, and reads why', async () => {
    const contributor = await takeSeat(browser, service.url);
    await contributor.signIn(await service.tokenFor('contributor', 'Bo Tran'));
    await contributor.open('Write a draft', { input: { headline: 'A pilot’s letter', section: 'east-asia' } });
    const { data } = await contributor.run();
    expect(data.createArticle.article).toMatchObject({ status: 'DRAFT', headline: 'A pilot’s letter' });

    await contributor.open('Publish', { input: { id: data.createArticle.article.id, expectedRevision: 1 } });
    const refused = await contributor.run();
    expect(refused.data.publishArticle.__typename).toBe('ForbiddenError');
    const screen = await contributor.onScreen();
    expect(screen).toContain('"ForbiddenError"');
    expect(screen.replace(/\s+/g, ' ')).toMatch(
      /You are signed in as contributor; to publish you must be editor or admin/,
    );
    await contributor.shot('10-contributor-may-not');
    expect(contributor.troubles).toEqual([]);
    await contributor.leave();
  });
});

describe('the editor, after a minute,', () => {
  it('sees the piece on the site, without anybody having written', async () => {
    await editor.open('What is on the site');
    const first = (answer: any) => answer.data.latestFeed.entries.nodes[0];
    const answer = await editor.runUntil((now) => first(now).headline === headline, 1.5 * aMinute);
    expect(Date.now()).toBeGreaterThanOrEqual(appearsAt.getTime());
    expect(first(answer)).toMatchObject({
      headline,
      age: expect.stringMatching(/^(now|\d+ seconds? ago)$/),
      article: { id: piece.id },
    });
    expect((await editor.onScreen()).replace(/\s+/g, ' ')).toContain(headline);
    await editor.shot('11-it-has-appeared');
  });

  it('corrects it: the words first, then the note for readers', async () => {
    const changed = { id: piece.id, expectedRevision: 1, body: { markdown: 'The pilot boat left at seven.' } };
    await editor.open('Change a piece', { input: changed });
    expect((await editor.run()).data.updateArticle.article).toMatchObject({ revision: 2, status: 'PUBLISHED' });
    const note = 'An earlier version said that the pilot boat left at six.';
    await editor.open('Correct', { input: { id: piece.id, expectedRevision: 2, note } });
    expect((await editor.run()).data.correctArticle.article.corrections).toMatchObject([{ text: note }]);
    await editor.shot('12-corrected');
  });

  it('reads its history and what was changed', async () => {
    await editor.open('History and differences', { slug: piece.slug, from: 1 });
    const { data } = await editor.run();
    expect(data.article.revisions.nodes).toMatchObject([{ number: 2, savedBy: 'Ada Lindqvist' }, { number: 1 }]);
    expect(JSON.stringify(data.article.difference.hunks)).toContain('+The pilot boat left at seven.');
    await editor.shot('13-history');
  });

  it('retracts it, and it is gone from the site', async () => {
    const reason = 'The agreement described here was never signed.';
    await editor.open('Retract', { input: { id: piece.id, expectedRevision: 2, reason } });
    expect((await editor.run()).data.retractArticle.article).toMatchObject({ status: 'RETRACTED' });
    await editor.shot('14-retracted');
    expect(await newest(editor)).not.toBe(headline);
    await editor.shot('15-gone-from-the-site');
  });

  it('finds it among what was withdrawn', async () => {
    await editor.open('Find a piece', { filter: { status: ['RETRACTED'], tags: ['borders'] }, first: 20, after: null });
    const { data } = await editor.run();
    expect(data.articles.nodes).toContainEqual(expect.objectContaining({ id: piece.id, status: 'RETRACTED' }));
    await editor.shot('16-found');
  });

  it('finds pieces by their words', async () => {
    await editor.open('Search');
    const { data } = await editor.run();
    expect(data.search.nodes[0].snippet).toContain('<mark>');
    expect(await editor.onScreen()).toContain('"snippet"');
    await editor.shot('17-search');
  });

  it('lets a reader’s comment through', async () => {
    const { article } = (await service.query('{ article(by: { slug: "kinmen-ferry-timetable" }) { id } }')).data;
    const written = `mutation ($input: PostCommentInput!) { postComment(input: $input) { __typename } }`;
    const input = { article: article.id, author: 'Bo', text: 'Is there coffee on board?' };
    await service.query(written, { input }, await service.tokenFor('contributor', 'A contributor'));
    await editor.open('Comments waiting');
    const { data } = await editor.run();
    const waiting = data.moderationQueue.nodes.find(({ text }: { text: string }) => text === input.text);
    await editor.shot('18-comments-waiting');
    await editor.open('Moderate', { input: { id: waiting.id, decision: 'APPROVE', reason: null } });
    expect((await editor.run()).data.moderateComment.comment).toMatchObject({ status: 'APPROVED' });
    await editor.shot('19-let-through');
  });

  it('has had no trouble with the page, its policy, or another host all day', () =>
    expect(editor.troubles).toEqual([]));
});

import { openPaper, type Piece } from './paper.js';

// A front page that changes as things are published, and pieces that open in it.

const paper = openPaper(location.origin);
const front = document.querySelector('#front')!;
const open = document.querySelector('#piece')!;

function element(name: string, content: (Node | string)[], attributes: Record<string, string> = {}): HTMLElement {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...content);
  return made;
}

/** The service has made it safe: bodies are sanitised, comments are made of plain text. */
function ofHtml(html: string): HTMLElement {
  const made = document.createElement('div');
  made.innerHTML = html;
  return made;
}

function pieceOf(piece: Piece, isWhole: boolean): HTMLElement {
  const below = isWhole
    ? [
        element('h2', [`${piece.commentCount ?? 0} comments`]),
        ...(piece.comments?.nodes ?? []).map(({ author, html }) =>
          element('div', [element('b', [author]), ofHtml(html)]),
        ),
        element('h2', ['Related']),
        element(
          'ul',
          (piece.related ?? []).map(({ path, headline }) => element('li', [linkTo(path, headline)])),
        ),
      ]
    : [element('p', ['…'])];
  return element('article', [
    element('h1', [piece.headline]),
    element('p', [piece.byline]),
    ofHtml(piece.body.html),
    ...below,
  ]);
}

function linkTo(path: string, headline: string): HTMLElement {
  const link = element('a', [headline], { href: `#${path}` });
  return link;
}

async function show(): Promise<void> {
  const path = location.hash.slice(1);
  if (path === '') return;
  await paper.read(path, (piece, isWhole) => {
    open.replaceChildren(piece ? pieceOf(piece, isWhole) : element('p', ['This piece is not there.']));
  });
}

const { publication, latestFeed } = await paper.front();
document.title = publication.name;
for (const { headline, age, section, article } of latestFeed.entries.nodes) {
  front.append(element('li', [`${section.name}, ${age}: `, linkTo(article.path, headline)]));
}
paper.follow(latestFeed.cursor, ({ entry }) => {
  if (entry) front.prepend(element('li', [`${entry.section.name}: `, linkTo(entry.article.path, entry.headline)]));
});
addEventListener('hashchange', () => void show());
await show();

import { render } from 'preact-render-to-string';
import { surrogateKey } from '../answers/surrogate-key.js';
import { Reads } from '../database/dependencies.js';
import { DatabaseAway } from '../database/presence.js';
import { hashOf } from '../graphql/documents.js';
import type { Graph } from '../graphql/graph.js';
import type { Client } from '../http/client.js';
import { responseOf } from '../http/exchange.js';
import { Kept, outgoingTo } from '../http/kept.js';
import { lettersOfPage, requestIdFrom } from '../http/letters.js';
import type { Asked, Parameters, Route } from '../http/route.js';
import type { PostCommentMutation, SiteFrameQuery, TrendingQuery } from '../generated/operations.js';
import { siteDocuments } from './documents.js';
import { siteFiles } from './files.js';
import { fieldsOf } from './forms.js';
import { type Ask, NotUnderstood, type Page, type PageKind, type RefusedComment } from './page.js';
import { articlePage } from './pages/article.js';
import { missing } from './pages/elsewhere.js';
import { homePage } from './pages/home.js';
import { authorPage, collectionPage, tagPage } from './pages/named.js';
import { searchPage } from './pages/search.js';
import { sectionPage } from './pages/section.js';
import { Document } from './parts/document.js';
import { inputOf, refusalOf, standingOf, writtenIn } from './written.js';
import { pageHeaders } from './policy.js';

/** How late a page shows that ranks have changed. */
const rankedForMs = 15_000;

/** In this order: what stands at a fixed form of address, then the pieces, which stand anywhere. */
const kinds: readonly PageKind[] = [
  homePage,
  sectionPage,
  authorPage,
  tagPage,
  collectionPage,
  searchPage,
  articlePage,
];

const notUnderstood: PageKind = { path: '', options: [], make: () => Promise.resolve(missing(400)) };

/**
 * The paper as pages. Everything on them comes from the graph, by persisted documents and no others; what comes of it is kept
 * and forgotten as the answers of the graph are.
 */
export function siteRoutes(graph: Graph): Route[] {
  const documents = siteDocuments();
  const scriptDocuments = {
    view: hashOf(documents.view.text),
    live: hashOf(documents.live.text),
    suggest: hashOf(documents.suggest.text),
  };
  const { files, route } = siteFiles();

  /** Asks for one page; what the answers depend on goes into the reads given. */
  const asking =
    ({ requestId, now, client }: Occasion) =>
    (reads: Reads): Ask =>
    async (document, variables) => {
      const given = { ...variables } as Record<string, unknown>;
      const { data, errors } = await graph.ask({
        document: document.text,
        variables: given,
        requestId,
        now,
        client,
        reads,
      });
      if (!errors) return data as never;
      const [first] = errors;
      const code = first?.extensions?.['code'];
      if (code === 'INTERNAL_SERVER_ERROR') throw new Error(`the site met: ${first?.message}`);
      if (code === 'UNAVAILABLE' || code === 'TIMEOUT') throw new DatabaseAway(`the site met: ${first?.message}`);
      throw new NotUnderstood(first?.message);
    };

  async function madeOf(kind: PageKind, place: Place, occasion: Occasion, reads: Reads): Promise<Made> {
    const ask = asking(occasion)(reads);
    let framing: Promise<SiteFrameQuery> | undefined;
    const framed = () => (framing ??= ask(documents.frame, {}));
    /** Ranks change all the time: a page shows them some seconds late, rather than be made for them alone. */
    async function trending(): Promise<TrendingQuery> {
      const own = new Reads();
      const ranked = await asking(occasion)(own)(documents.trending, { first: 5 });
      reads.note([...own.things, ...own.stretches]);
      if (!own.known) reads.spoil();
      reads.expireAt(Math.max(own.until, occasion.now.getTime() + rankedForMs));
      return ranked;
    }
    const paper = async () => (await framed()).publication;
    const page: Page = await kind.make({ ask, documents, paper, ...place }).catch((error: unknown) => {
      if (error instanceof NotUnderstood) return missing(400);
      throw error;
    });
    if ('movedTo' in page) return { status: 301, html: '', headers: { location: encodeURI(decodeURI(page.movedTo)) } };
    const frame = { ...(await framed()), ...(await trending()) };
    const titled = page.isHome
      ? { ...page, about: { ...page.about, title: frame.publication.name, description: frame.publication.description } }
      : page;
    const html = `<!doctype html>\n${render(<Document page={titled} frame={frame} files={files} documents={scriptDocuments} />)}\n`;
    return { status: page.status, html, headers: {} };
  }

  const occasionOf = (request: Request, asked: Asked): Occasion => ({
    requestId: requestIdFrom(request.headers.get('x-request-id')),
    now: asked.clock(),
  });

  async function answer(kind: PageKind, request: Request, asked: Asked, parameters: Parameters): Promise<Response> {
    const { answers } = asked;
    const { pathname, searchParams } = new URL(request.url);
    const options = Object.fromEntries([...searchParams].filter(([name]) => kind.options.includes(name)).sort());
    const isPrivate = kind.isPrivate?.(options) ?? false;
    const make = async (reads: Reads, changesAt: () => number): Promise<{ answer: Kept; keep: boolean }> => {
      const made = await madeOf(kind, { parameters, options }, occasionOf(request, asked), reads);
      const keep = reads.known && !isPrivate && made.status !== 400;
      const { staleIfError } = asked;
      return { answer: sheet(made, reads, { isShared: keep, isPrivate, changesAt: changesAt(), staleIfError }), keep };
    };
    if (!answers || isPrivate) {
      const reads = new Reads();
      return responseOf(await outgoingTo(request, (await make(reads, () => reads.until)).answer, asked.clock()));
    }
    // What is not known after the `?` makes no other page.
    const meaning = lettersOfPage(pathname, String(new URLSearchParams(options)));
    const { answer: page, staleSeconds } = await answers.give({ meaning, request: meaning }, make);
    return responseOf(await outgoingTo(request, page, asked.clock(), staleSeconds));
  }

  /** Takes in what a reader wrote under a piece, by the form that stands there. */
  async function take(request: Request, asked: Asked, parameters: Parameters): Promise<Response> {
    const fields = await fieldsOf(request, new URL(asked.site.url).origin);
    if (fields instanceof Response) return fields;
    const occasion = { ...occasionOf(request, asked), client: asked.client };
    const written = writtenIn(fields);
    const reads = new Reads();
    const shown = async (refused: RefusedComment | null) => {
      const options = Object.fromEntries(
        [...new URL(request.url).searchParams].filter(([name]) => name === 'commentsAfter'),
      );
      const place = { parameters, options, ...(refused ? { refused } : {}) };
      const made = await madeOf(refused ? articlePage : notUnderstood, place, occasion, reads);
      const page = sheet(made, reads, { isShared: false, isPrivate: true, changesAt: 0, staleIfError: 0 });
      return responseOf(await outgoingTo(request, page, asked.clock()));
    };
    let posted: PostCommentMutation['postComment'];
    try {
      ({ postComment: posted } = await asking(occasion)(reads)(documents.comment, { input: inputOf(written) }));
    } catch (error) {
      if (error instanceof NotUnderstood) return shown(null);
      throw error;
    }
    const refused = refusalOf(posted, written);
    if (refused) return shown(refused);
    // Answered by another address, so that loading it again sends nothing again (RFC 9110 section 15.4.4).
    const location = `${new URL(request.url).pathname}?comment=${standingOf(posted)}#comments`;
    return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
  }

  const pages = kinds.map((kind): Route => ({
    method: 'GET',
    path: kind.path,
    handle: (request, asked, parameters) => answer(kind, request, asked, parameters),
  }));
  return [route, ...pages, { method: 'POST', path: articlePage.path, handle: take }];
}

/** A page as it goes out. */
const sheet = (made: Made, reads: Reads, { isShared, isPrivate, changesAt, staleIfError }: Sharing): Kept =>
  new Kept(made.html, {
    status: made.status,
    mediaType: 'text/html; charset=utf-8',
    isShared,
    changesAt,
    staleIfError,
    surrogateKey: surrogateKey(reads),
    headers: { ...pageHeaders, ...made.headers, ...(isPrivate ? { 'x-robots-tag': 'noindex' } : {}) },
  });

/** Who is shown a page besides, and for how long. */
interface Sharing {
  isShared: boolean;
  isPrivate: boolean;
  changesAt: number;
  staleIfError?: number | undefined;
}

/** When a page is asked for, and by whom where that matters. */
interface Occasion {
  requestId: string;
  now: Date;
  client?: Client;
}

interface Place {
  parameters: Parameters;
  options: Readonly<Record<string, string>>;
  refused?: RefusedComment;
}

interface Made {
  status: number;
  html: string;
  headers: Readonly<Record<string, string>>;
}

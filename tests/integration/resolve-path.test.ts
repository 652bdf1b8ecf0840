import fc from 'fast-check';
import { keepAddresses, takenPaths } from '../../src/content/path/store.js';
import { sql } from '../../src/database/sql.js';
import { insertPieces, setStanding } from '../support/pieces.js';
import { anArticle, anAuthor, aSection, minutesAgo } from '../support/records.js';
import { aMoment, startService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
  await service.load([aSection(), anAuthor(), { kind: 'tag', slug: 'trade', name: 'Trade' }]);
});
afterAll(() => service.close());

interface Resolution {
  __typename: string;
  slug?: string;
  to?: string;
  status?: number;
  reason?: string | null;
}

async function resolve(path: string): Promise<Resolution | null> {
  const { data, errors } = await service.query(
    `query ($path: String!) { resolvePath(path: $path) { __typename ... on Article { slug } ... on Section { slug } ... on Author { slug }
      ... on Tag { slug } ... on Redirect { to status } ... on Gone { reason } } }`,
    { path },
  );
  expect(errors).toBeUndefined();
  return data.resolvePath;
}

describe('after any sequence of renames', () => {
  const names = ['harbour', 'port', 'quay', 'dock'];
  const pathOf = (name: string) => `/2026/06/15/${name}/`;
  const ids = [1, 2, 3].map((number) => `018f4b7e-0000-7000-8000-00000000000${number}`);

  type Move =
    /** As the newsroom renames: a name that leads anywhere already is passed over for the next free one. */
    | { kind: 'rename'; piece: number; name: string }
    /** As nobody should: a name that somebody else has given up is taken without asking. */
    | { kind: 'seize'; piece: number; name: string }
    | { kind: 'withdraw' | 'return'; piece: number };

  const move: fc.Arbitrary<Move> = fc.oneof(
    {
      arbitrary: fc.record({ kind: fc.constant('rename' as const), piece: fc.nat(2), name: fc.constantFrom(...names) }),
      weight: 4,
    },
    {
      arbitrary: fc.record({ kind: fc.constant('seize' as const), piece: fc.nat(2), name: fc.constantFrom(...names) }),
      weight: 2,
    },
    fc.record({ kind: fc.constantFrom('withdraw' as const, 'return' as const), piece: fc.nat(2) }),
  );

  /** Where each piece stands, who had each address first, and what was ever an address. */
  class Model {
    readonly at = new Map<number, string>();
    readonly firstAt = new Map<string, number>();
    readonly withdrawn = new Set<number>();
    readonly ever = new Set<string>();

    pieceAt(path: string): number | undefined {
      return [...this.at].find(([, where]) => where === path)?.[0];
    }

    expected(path: string): Resolution | null {
      const here = this.pieceAt(path) ?? this.firstAt.get(path);
      if (here === undefined) return null;
      if (this.withdrawn.has(here)) return { __typename: 'Gone', reason: 'It was wrong.' };
      const now = this.at.get(here) ?? '';
      return now === path
        ? { __typename: 'Article', slug: path.split('/')[4] ?? '' }
        : { __typename: 'Redirect', to: now, status: 301 };
    }
  }

  async function start(): Promise<Model> {
    await service.db.rows(sql`delete from article`);
    const model = new Model();
    const common = {
      section: 'world',
      authors: [],
      tags: [],
      partner: null,
      language: 'en',
      position: null,
      status: 'PUBLISHED' as const,
    };
    await insertPieces(
      service.db,
      ids.map((id, piece) => ({ ...common, id, slug: `first-${piece}`, published: aMoment, updated: aMoment })),
    );
    for (const [piece, id] of ids.entries()) {
      const path = pathOf(`first-${piece}`);
      await service.db.rows(sql`update article set path = ${path} where id = ${id}::uuid`);
      model.at.set(piece, path);
      model.ever.add(path);
    }
    return model;
  }

  async function rename(model: Model, piece: number, name: string, isSeized: boolean): Promise<void> {
    const id = ids[piece] ?? '';
    const before = model.at.get(piece) ?? '';
    let slug = name;
    for (let number = 2; ; number += 1) {
      const path = pathOf(slug);
      const standsThere = model.pieceAt(path);
      if (standsThere === piece) return;
      const taken = await takenPaths(service.db, [path]);
      const isFree = isSeized ? standsThere === undefined : taken.size === 0 || model.firstAt.get(path) === piece;
      if (isFree && standsThere === undefined) break;
      slug = `${name}-${number}`;
    }
    const path = pathOf(slug);
    await keepAddresses(service.db, [{ path: before, articleId: id, ceasedAt: aMoment }]);
    await service.db.rows(sql`update article set slug = ${slug}, path = ${path} where id = ${id}::uuid`);
    if (!model.firstAt.has(before)) model.firstAt.set(before, piece);
    model.at.set(piece, path);
    model.ever.add(path);
  }

  it('every address there ever was leads to what had it first, or to what stands there now, in one hop', () =>
    fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 1, maxLength: 14 }), async (moves) => {
        const model = await start();
        for (const step of moves) {
          if (step.kind === 'rename' || step.kind === 'seize')
            await rename(model, step.piece, step.name, step.kind === 'seize');
          else {
            await setStanding(
              service.db,
              ids[step.piece] ?? '',
              step.kind === 'withdraw' ? 'RETRACTED' : 'PUBLISHED',
              aMoment,
            );
            if (step.kind === 'withdraw') model.withdrawn.add(step.piece);
            else model.withdrawn.delete(step.piece);
          }
        }
        for (const path of model.ever) {
          const found = await resolve(path);
          expect([path, found]).toEqual([path, model.expected(path)]);
          if (found?.to !== undefined) expect(await resolve(found.to)).toMatchObject({ __typename: 'Article' });
        }
        expect(await resolve(pathOf('never'))).toBeNull();
      }),
      { numRuns: 15 },
    ));
});

describe('sections, authors and tags', () => {
  const kinds = [
    ['section', 'Section', 'world'],
    ['author', 'Author', 'ann-lee'],
    ['tag', 'Tag', 'trade'],
  ] as const;

  it.each(kinds)('a %s stands at its address', async (kind, typename, slug) => {
    expect(await resolve(`/${kind}/${slug}/`)).toEqual({ __typename: typename, slug });
    expect(await resolve(`/${kind}/${slug}`)).toEqual({ __typename: typename, slug });
    expect(await resolve(`/${kind}/nobody/`)).toBeNull();
  });

  it.each(kinds)(
    'a %s that was renamed twice is one hop from both of its old addresses',
    async (kind, typename, slug) => {
      const [row] = await service.db.rows<{ id: string }>(sql([`select id from "${kind}" where slug = '${slug}'`]));
      const id = row?.id ?? '';
      const steps = [slug, `${slug}-two`, `${slug}-three`];
      for (const [index, to] of steps.slice(1).entries()) {
        await service.db.rows(sql([`update "${kind}" set slug = '${to}' where id = '${id}'`]));
        await keepAddresses(service.db, [{ path: `/${kind}/${steps[index]}/`, [`${kind}Id`]: id, ceasedAt: aMoment }]);
      }
      const last = `/${kind}/${slug}-three/`;
      for (const old of steps.slice(0, 2)) {
        expect(await resolve(`/${kind}/${old}/`)).toEqual({ __typename: 'Redirect', to: last, status: 301 });
        expect(await resolve(`/${kind}/${old}`)).toEqual({ __typename: 'Redirect', to: last, status: 301 });
      }
      expect(await resolve(last)).toMatchObject({ __typename: typename });
      await service.db.rows(sql([`update "${kind}" set slug = '${slug}' where id = '${id}'`]));
      expect(await resolve(last)).toBeNull();
      expect(await resolve(`/${kind}/${slug}/`)).toEqual({ __typename: typename, slug });
    },
  );
});

describe('however an address is written', () => {
  beforeAll(async () => {
    await service.db.rows(sql`delete from article`);
    await service.load([
      anArticle({
        slug: 'ein-schöner-hafen',
        publishedAt: '2024-03-05T10:00:00.000Z',
        oldPaths: [
          '/?p=12',
          '/hafen',
          '/alt/hafen.html',
          'https://old.example/2024/hafen/?b=2&a=1',
          '/?page_id=7&preview=1',
        ],
      }),
    ]);
  });
  const to = '/2024/03/05/ein-schöner-hafen/';

  it.each([
    [to],
    ['/2024/03/05/ein-schöner-hafen'],
    ['/2024/03/05/ein-sch%C3%B6ner-hafen/'],
    ['/2024/03/05/ein-sch%C3%B6ner-hafen'],
    ['/2024//03/05/ein-schöner-hafen/'],
    ['  /2024/03/05/ein-schöner-hafen/ '],
    ['/2024/03/05/ein-schöner-hafen/#comments'],
    ['https://news.example/2024/03/05/ein-schöner-hafen/'],
    ['http://news.example/2024/03/05/ein-sch%C3%B6ner-hafen#top'],
    ['//news.example/2024/03/05/ein-schöner-hafen/'],
  ])('“%s” is the article', async (path) =>
    expect(await resolve(path)).toEqual({ __typename: 'Article', slug: 'ein-schöner-hafen' }),
  );

  it.each([
    ['/?p=12'],
    ['?p=12'],
    ['https://news.example/?p=12'],
    ['https://news.example?p=12'],
    ['/hafen'],
    ['/hafen/'],
    ['/alt/hafen.html'],
    ['/2024/hafen/?a=1&b=2'],
    ['/2024/hafen?b=2&a=1'],
    ['/?preview=1&page_id=7'],
  ])('“%s” is an old address of it', async (path) =>
    expect(await resolve(path)).toEqual({ __typename: 'Redirect', to, status: 301 }),
  );

  it.each([
    ['/?p=13'],
    ['/?p=12&x=1'],
    ['/'],
    [''],
    ['/hafen/x'],
    ['https://elsewhere.example/hafen'],
    ['https://'],
    ['/%'],
    ['/%ff'],
    ['mailto:x@news.example'],
    ['javascript:alert(1)'],
    ['/section/'],
    ['/section/../hafen2'],
  ])('“%s” never was one', async (path) => expect(await resolve(path)).toBeNull());

  it('a slash more or less never makes a redirect of its own', async () => {
    expect(await resolve('/hafen')).toEqual(await resolve('/hafen/'));
  });
});

describe('a name that is taken again', () => {
  it('is given to a new piece with a number: old links keep leading to the old piece', async () => {
    await service.db.rows(sql`delete from article`);
    const at = { publishedAt: minutesAgo(0) };
    await service.load([anArticle({ slug: 'storm', ...at })]);
    await service.load([anArticle({ slug: 'flood', oldPaths: ['/2026/06/15/rain/'], ...at })]);
    const lines = await service.load([
      anArticle({ slug: 'rain', headline: 'Another rain', ...at }),
      anArticle({ slug: 'storm', headline: 'Another storm', ...at }),
    ]);
    expect(lines.map(({ outcome, name }) => [outcome, name])).toEqual([
      ['created', 'rain-2'],
      ['updated', 'storm'],
    ]);
    expect(await resolve('/2026/06/15/rain/')).toEqual({
      __typename: 'Redirect',
      to: '/2026/06/15/flood/',
      status: 301,
    });
    expect(await resolve('/2026/06/15/rain-2/')).toEqual({ __typename: 'Article', slug: 'rain-2' });
  });
});

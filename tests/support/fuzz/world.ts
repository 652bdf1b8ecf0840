import { sql } from '../../../src/database/sql.js';
import { globalId } from '../../../src/graphql/builder.js';
import { everything } from '../everything.js';
import { mutate } from '../mutation.js';
import { SampleNewsroom } from '../newsroom.js';
import { aPartner } from '../partners.js';
import { aMoment, startService, type TestService } from '../service.js';
import { ourOwn, type Pool, poolOf } from './pool.js';

export const roles = ['anyone', 'partner', 'contributor', 'editor', 'admin'] as const;
export type Role = (typeof roles)[number];

/** A service with the sample newsroom in it and some of all that can be made, for one to ask and write at random. */
export interface World {
  readonly service: TestService;
  readonly headers: Record<string, string>;
  /** What there is now. */
  pool(): Promise<Pool>;
  close(): Promise<void>;
}

export async function openWorld(role: Role): Promise<World> {
  const service = await startService({ answers: true, environment: { COST_PER_MINUTE: '0' } });
  const newsroom = await SampleNewsroom.loadedAt(aMoment);
  const sample = (['publication', 'section', 'author', 'tag', 'partner', 'article', 'collection'] as const).flatMap(
    (kind) => newsroom.all(kind),
  );
  await service.load(sample);
  // Pieces with all that a piece can have; what the sample newsroom has of the same name stays as it is there.
  const taken = new Set(sample.map((record) => `${record.kind} ${'slug' in record ? record.slug : ''}`));
  await service.load(
    everything.filter((record) => !taken.has(`${record.kind} ${'slug' in record ? record.slug : ''}`)),
  );

  const asAdmin = await service.signIn('admin', ourOwn.users);
  const partner = await aPartner(service, 'at-random', { requestsPerMinute: 1e9, requestsPerDay: 1e9 });
  await partner.grant({ delayMinutes: 30 });
  const headers =
    role === 'anyone'
      ? {}
      : role === 'partner'
        ? partner.headers
        : role === 'admin'
          ? asAdmin
          : await service.signIn(role, ourOwn.users);
  await someOfEach(service, asAdmin, role === 'contributor' || role === 'editor' ? headers : asAdmin);
  return {
    service,
    headers,
    pool: () => poolOf(service, asAdmin),
    close: () => service.close(),
  };
}

/** Users, tokens, keys, webhooks, feeds, comments that wait, and drafts of whoever asks. */
async function someOfEach(
  service: TestService,
  asAdmin: Record<string, string>,
  own: Record<string, string>,
): Promise<void> {
  const { user } = await mutate(service, 'createUser', { name: 'Another', role: 'EDITOR' }, 'user { id }', asAdmin);
  await mutate(service, 'issueToken', { user: user.id, name: 'another' }, 'token', asAdmin);
  const [{ id } = { id: '' }] = await service.db.rows<{ id: string }>(
    sql`select id::text from partner order by id limit 1`,
  );
  const partner = globalId('Partner', id);
  await mutate(service, 'issueApiKey', { partner, name: 'another' }, 'key', asAdmin);
  await mutate(
    service,
    'createWebhook',
    { url: 'https://receiver.example/', name: 'A webhook' },
    'webhook { id }',
    asAdmin,
  );
  const [{ section, slug } = { section: '', slug: '' }] = await service.db.rows<{ section: string; slug: string }>(
    sql`select s.slug as section, p.slug from section s, partner p order by s.id, p.id limit 1`,
  );
  await mutate(
    service,
    'createPartnerFeed',
    { url: 'https://riac.example/feed', partner: slug, section },
    'partnerFeed { id }',
    asAdmin,
  );
  const pieces = await service.db.rows<{ id: string }>(
    sql`select id::text from article where status = 'PUBLISHED' order by id desc limit 3`,
  );
  for (const piece of pieces) {
    const article = globalId('Article', piece.id);
    await mutate(
      service,
      'postComment',
      { article, author: 'Bo', text: 'Well https://a.example/ said.' },
      'comment { id }',
    );
  }
  for (const headline of ['A draft', 'Another draft']) {
    await mutate(
      service,
      'createArticle',
      { headline, section, body: { markdown: '# Words\n\nand *more*.' } },
      'article { id }',
      own,
    );
  }
}

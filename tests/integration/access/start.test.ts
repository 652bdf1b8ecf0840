import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openAccess } from '../../../src/access/authenticate.js';
import { createUser, ensureAdministrator } from '../../../src/access/store.js';
import { newToken } from '../../../src/access/tokens.js';
import { serve } from '../../../src/cli/serve.js';
import { pino } from 'pino';
import { freshDatabase } from '../../support/database.js';
import { aMoment, startService } from '../../support/service.js';
import { anArticle, aSection } from '../../support/records.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const patience = 300_000;

describe('the first administrator', () => {
  it('is made once, in an empty database and in one that was filled before there were users', async () => {
    const service = await startService();
    try {
      await service.load([aSection(), anArticle()]);
      const token = await ensureAdministrator(service.db, aMoment);
      const { data } = await service.query('{ viewer { role } }', {}, { authorization: `Bearer ${token}` });
      expect(data).toEqual({ viewer: { role: 'ADMIN' } });
      expect(await ensureAdministrator(service.db, aMoment)).toBeNull();
      expect(await ensureAdministrator(service.db, aMoment, newToken().token)).toBeNull();
      expect(await service.db.prisma.user.count()).toBe(1);
      const log = await service.db.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });
      expect(log).toMatchObject([
        { action: 'createUser', actorName: 'first start', actorId: null },
        { action: 'issueToken', actorName: 'first start' },
      ]);
    } finally {
      await service.close();
    }
  });

  it('is made where there are users but nobody who may administer', async () => {
    const db = await freshDatabase();
    try {
      const hand = { viewer: { role: 'anyone' as const }, now: aMoment, requestId: null };
      await db.transaction((tx) => createUser(tx, hand, { name: 'Ed', role: 'EDITOR' }));
      expect(await ensureAdministrator(db, aMoment)).toMatch(/^dlt_/);
    } finally {
      await db.close();
    }
  });

  it('is one, however many instances start at once', async () => {
    const db = await freshDatabase();
    try {
      const tokens = await Promise.all(Array.from({ length: 4 }, () => ensureAdministrator(db, aMoment)));
      expect(tokens.filter((token) => token !== null)).toHaveLength(1);
      expect(await db.prisma.user.count()).toBe(1);
    } finally {
      await db.close();
    }
  });

  it('has the token that was given for them, which is answered to nobody', async () => {
    const db = await freshDatabase();
    try {
      const { token } = newToken();
      await ensureAdministrator(db, aMoment, token);
      const access = openAccess({ db, log: pino({ level: 'silent' }) });
      const request = new Request('https://news.example/graphql', { headers: { authorization: `Bearer ${token}` } });
      expect(await access.viewerOf(request, aMoment)).toMatchObject({ role: 'admin', name: 'Administrator' });
      await access.close();
    } finally {
      await db.close();
    }
  });
});

describe('a service over a folder of its own', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dateline-start-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const environment = () => ({ DATA_DIR: folder, PORT: '0', DATELINE_NEWSROOM: 'off', LOG_LEVEL: 'silent' });

  const command = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'src/cli/dateline.ts', ...args],
      {
        cwd: root,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment() },
      },
    );
    return stdout.trim();
  };

  async function roleBy(url: string, token: string) {
    const response = await fetch(`${url}/graphql?query=${encodeURIComponent('{ viewer { name role } }')}`, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    });
    return response.status === 200
      ? ((await response.json()) as { data: { viewer: unknown } }).data.viewer
      : response.status;
  }

  it(
    'hands out its first token once; the command line beside it gives out others and ends them at once',
    async () => {
      const running = await serve(environment());
      const { url } = running.listening;
      try {
        expect(await roleBy(url, running.firstToken ?? '')).toEqual({ name: 'Administrator', role: 'ADMIN' });
        const token = await command('token', 'create', '--role', 'editor', '--name', 'Ann', '--expires', '30d');
        expect(token).toMatch(/^dlt_\w{30}$/);
        expect(await roleBy(url, token)).toEqual({ name: 'Ann', role: 'EDITOR' });
        const list = await command('token', 'list');
        expect(list).toContain('editor');
        expect(list).toContain('Ann');
        expect(list).not.toContain(token);
        await command('token', 'revoke', token.slice(0, 10));
        expect(await roleBy(url, token)).toBe(401);
      } finally {
        await running.stop();
      }
      const again = await serve(environment());
      try {
        expect(again.firstToken).toBeNull();
      } finally {
        await again.stop();
      }
    },
    4 * patience,
  );
});

import { pino } from 'pino';
import { openAccess } from '../../../src/access/authenticate.js';
import { createUser, ensureAdministrator } from '../../../src/access/store.js';
import { newToken } from '../../../src/access/tokens.js';
import { freshDatabase } from '../../support/database.js';
import { aMoment, startService } from '../../support/service.js';
import { anArticle, aSection } from '../../support/records.js';

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

import { DatabaseAway, isDatabaseAway, Presence } from '../../../src/database/presence.js';

const coded = (code: string, message = 'no') => Object.assign(new Error(message), { code });

it.each([
  ['nobody listens', coded('ECONNREFUSED')],
  ['nobody listens on any address of a name', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])],
  ['the server is being stopped', coded('57P01')],
  ['the server has crashed', coded('57P02')],
  ['the server is starting', coded('57P03')],
  ['it is full', coded('53300')],
  ['its disk is full', coded('53100')],
  ['it takes no writes', coded('25006')],
  ['the connection broke', new Error('Connection terminated unexpectedly')],
  ['the driver waited too long', new Error('Query read timeout')],
  ['the pool has none free', new Error('timeout exceeded when trying to connect')],
  ['Prisma could not reach it', coded('P1001')],
  [
    'Prisma met it below',
    Object.assign(coded('P2010'), { meta: { driverAdapterError: { cause: { originalCode: '57P01' } } } }),
  ],
  ['it is known already', new DatabaseAway()],
])('%s: to be tried again', (_what, error) => expect(isDatabaseAway(error)).toBe(true));

it.each([
  ['a statement was cancelled', coded('57014')],
  ['a name is taken', coded('23505')],
  ['there is a mistake in a statement', coded('42601')],
  ['somebody else did not answer', new TypeError('fetch failed', { cause: coded('ECONNREFUSED') })],
  ['a fault of ours', new Error('the rows terminated')],
  ['nothing', undefined],
])('%s: no absence of the database', (_what, error) => expect(isDatabaseAway(error)).toBe(false));

it('tells once that it has gone, however often that is found out', () => {
  const presence = new Presence();
  let told = 0;
  presence.onAway(() => (told += 1));
  presence.isGone();
  presence.isGone();
  expect([presence.isAway, told]).toEqual([true, 1]);
  presence.isBack();
  presence.isGone();
  expect(told).toBe(2);
});

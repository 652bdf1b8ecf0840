import {
  isTaken,
  mostTries,
  pauseAfter,
  sequelOf,
  waitAfter,
  waitAsked,
} from '../../../../src/content/webhook/rules.js';

const now = new Date('2026-06-15T12:00:00.000Z');
const hours = (count: number) => count * 3_600_000;

describe('a message that was not taken', () => {
  it('is tried for three days and a little, each time later, and then no more', () => {
    const waits = Array.from({ length: mostTries }, (_, index) => waitAfter(index + 1, 0.5));
    expect(waits.at(-1)).toBeNull();
    const known = waits.filter((wait) => wait !== null);
    expect(known).toHaveLength(mostTries - 1);
    expect([...known].sort((one, other) => one - other)).toEqual(known);
    const sum = known.reduce((one, other) => one + other, 0);
    expect(sum).toBeGreaterThan(hours(72));
    expect(sum).toBeLessThan(hours(84));
  });

  it('is tried a tenth sooner or later than others that failed with it', () => {
    expect([waitAfter(1, 0), waitAfter(1, 0.5), waitAfter(1, 0.999)]).toEqual([4500, 5000, 5499]);
  });
});

describe('an endpoint that fails', () => {
  it('is left alone for longer each time, from the second failure in a row on, five minutes at most', () => {
    expect([1, 2, 3, 4].map((failures) => pauseAfter(failures, 0.5))).toEqual([0, 2000, 4000, 8000]);
    expect([20, 2000].map((failures) => pauseAfter(failures, 0.5))).toEqual([300_000, 300_000]);
  });

  const failed = { at: now, tookMs: 1, status: 500, problem: 'It answered 500.', retryAfter: null };
  const once = { tries: 1, failures: 1, failingSince: now };

  it('is tried again when it says, if that is later', () => {
    const asked = new Date(now.getTime() + hours(2));
    expect(sequelOf({ ...failed, status: 503, retryAfter: asked }, once, 0.5)).toEqual({
      tryAt: asked,
      pauseUntil: asked,
      disabledBecause: null,
    });
    const soon = new Date(now.getTime() + 1000);
    expect(sequelOf({ ...failed, retryAfter: soon }, once, 0.5).tryAt).toEqual(new Date(now.getTime() + 5000));
  });

  it('is disabled by 410, with its message kept for when it is enabled again', () => {
    const sequel = sequelOf({ ...failed, status: 410 }, { ...once, tries: mostTries }, 0.5);
    expect(sequel).toEqual({ tryAt: now, pauseUntil: null, disabledBecause: 'It answered 410 Gone.' });
  });

  it('is disabled when it has taken nothing for five days', () => {
    const since = (days: number) => ({ ...once, failingSince: new Date(now.getTime() - hours(24 * days)) });
    expect(sequelOf(failed, since(4.9), 0.5).disabledBecause).toBeNull();
    expect(sequelOf(failed, since(5.1), 0.5).disabledBecause).toBe('It has taken nothing for five days.');
  });

  it('costs its message the last attempt like any other', () => {
    expect(sequelOf(failed, { ...once, tries: mostTries }, 0.5).tryAt).toBeNull();
  });
});

it.each([
  ['120', new Date(now.getTime() + 120_000)],
  ['Mon, 15 Jun 2026 13:00:00 GMT', new Date(now.getTime() + hours(1))],
  ['999999999', new Date(now.getTime() + hours(24))],
  ['Fri, 15 Jun 2035 13:00:00 GMT', new Date(now.getTime() + hours(24))],
  ['0', null],
  ['-5', null],
  ['soon', null],
  ['Mon, 15 Jun 2026 11:00:00 GMT', null],
  [null, null],
])('Retry-After: %s asks to wait until %s', (header, until) => expect(waitAsked(header, now)).toEqual(until));

it.each([
  [200, true],
  [204, true],
  [302, false],
  [410, false],
  [500, false],
])('%s: taken is %s', (status, taken) => expect(isTaken(status)).toBe(taken));

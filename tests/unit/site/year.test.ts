import { yearIn } from '../../../src/site/pages/year.js';

it.each([
  ['UTC', '2025', '2024-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z'],
  ['Europe/Berlin', '2025', '2024-12-31T22:59:59.999Z', '2025-12-31T23:00:00.000Z'],
  ['America/New_York', '2025', '2025-01-01T04:59:59.999Z', '2026-01-01T05:00:00.000Z'],
  ['Pacific/Auckland', '2025', '2024-12-31T10:59:59.999Z', '2025-12-31T11:00:00.000Z'],
  ['Asia/Kathmandu', '1986', '1985-12-31T18:29:59.999Z', '1986-12-31T18:15:00.000Z'],
])('in %s the year %s is what lies after %s and before %s', (timeZone, year, publishedAfter, publishedBefore) =>
  expect(yearIn(timeZone, year)).toEqual({ publishedAfter, publishedBefore }),
);

it.each(['', '25', 'last', '20255', '0000'])('“%s” is no year', (text) => expect(yearIn('UTC', text)).toEqual({}));

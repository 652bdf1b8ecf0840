import { ownAddress } from '../../addresses.js';
import { authorPath, fixedPlace, normalPath, sectionPath, spellings, tagPath } from '../../content/path/rules.js';
import { sql } from '../../database/sql.js';
import { type Finding, namesFrom, type Patient, some, warning } from './finding.js';

/** Links are looked at in so many of the newest pieces. */
const piecesRead = 2000;

/** Links of the newest pieces to addresses of this paper at which there is nothing, and never was. */
export async function brokenLinks({ db, config }: Patient): Promise<Finding[]> {
  const rows = await db.rows<{ path: string; link: string }>(sql`
    with newest as (select path, id, live_revision from article
      where status = 'PUBLISHED' and ordered_at <= now() order by ordered_at desc, id desc limit ${piecesRead}::int)
    select distinct n.path, found.link[1] as link
    from newest n join article_revision r on r.article_id = n.id and r.number = n.live_revision
    cross join lateral regexp_matches(r.html, 'href="([^"#][^"]*)"', 'g') found(link)`);
  const wanted = new Map<string, Set<string>>();
  for (const { path, link } of rows) {
    const to = normalPath(link.replaceAll('&amp;', '&'), config.site.url);
    const place = to?.split('?')[0];
    if (to === null || place === undefined || place === '/') continue;
    if (ownAddress.test(place) && !fixedPlace(place)) continue;
    const from = wanted.get(to) ?? new Set();
    wanted.set(to, from.add(path));
  }
  const paths = [...wanted.keys()].flatMap(spellings);
  const there = new Set(
    await namesFrom(
      db,
      sql`
      select path as name from article where path = any(${paths}) union select path from old_address where path = any(${paths})`,
    ),
  );
  const kinds = { section: sectionPath, author: authorPath, tag: tagPath };
  for (const [kind, pathOf] of Object.entries(kinds)) {
    const table = kind === 'section' ? sql`section` : kind === 'author' ? sql`author` : sql`tag`;
    for (const slug of await namesFrom(db, sql`select slug as name from ${table}`)) there.add(pathOf(slug));
  }
  const broken = [...wanted].filter(([to]) => !spellings(to).some((spelling) => there.has(spelling)));
  return broken.length === 0
    ? []
    : [
        warning(
          `${broken.length} links lead nowhere: ${some(broken.map(([to, from]) => `${[...from][0]} → ${to}`))}.`,
          'Correct the pieces, or give the pieces that were meant their old address (oldPaths of an import).',
        ),
      ];
}

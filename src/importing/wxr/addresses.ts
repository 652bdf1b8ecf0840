import type { WxrItem } from './parts.js';
import { isOwnHost, urlOf, type Site } from './site.js';
import { percentDecoded } from './slug.js';

/** More former slugs times former dates than this are some plugin's accident. */
const mostAddresses = 200;

/** The addresses under which the site has shown an item: its link, the link under each former slug and date, and `?p=`. */
export function oldPathsOf(item: WxrItem, site: Site): { oldPaths: string[]; notes: string[] } {
  const notes: string[] = [];
  const paths = new Set<string>();
  const link = urlOf(item.fields.get('link') ?? '');
  if (link && isOwnHost(site, link.host)) {
    paths.add(pathOf(link));
    for (const path of formerPaths(link, item)) {
      if (paths.size < mostAddresses) paths.add(path);
    }
  } else if (link) {
    notes.push(`its link leads to another site (${link.host}) and is not kept as an old address`);
  }
  const guid = urlOf(item.fields.get('guid') ?? '');
  if (guid && isOwnHost(site, guid.host)) paths.add(pathOf(guid));
  const id = item.fields.get('wp:post_id') ?? '';
  if (/^\d+$/.test(id)) paths.add(`${site.basePath}/?p=${id}`);
  paths.delete('/');
  paths.delete(`${site.basePath}/`);
  return { oldPaths: [...paths], notes };
}

function* formerPaths(link: URL, { fields, meta }: WxrItem): Generator<string> {
  const slug = percentDecoded(fields.get('wp:post_name') ?? '').toLowerCase();
  const segments = link.pathname.split('/');
  const place = segments.findLastIndex((segment) => slug !== '' && percentDecoded(segment).toLowerCase() === slug);
  const slugs = (meta.get('_wp_old_slug') ?? [])
    .map((old) => old.trim())
    .filter((old) => old !== '' && !/[/?#\s]/.test(old));
  const dates = (meta.get('_wp_old_date') ?? []).filter((old) => /^\d{4}-\d\d-\d\d$/.test(old.trim()));
  for (const oldSlug of place === -1 ? [null] : [null, ...slugs]) {
    const renamed =
      oldSlug === null ? link.pathname : segments.with(place, encodeURIComponent(percentDecoded(oldSlug))).join('/');
    for (const oldDate of [null, ...dates]) {
      const moved = oldDate === null ? renamed : withDate(renamed, fields.get('wp:post_date') ?? '', oldDate.trim());
      yield `${moved}${link.search}`;
    }
  }
}

/** `path` with the date of the piece in it, by year, month and day or by less, exchanged for a former one. */
function withDate(path: string, date: string, former: string): string {
  for (const length of [10, 7, 4]) {
    const now = `/${date.slice(0, length).replaceAll('-', '/')}/`;
    if (now.length === length + 2 && path.includes(now))
      return path.replace(now, `/${former.slice(0, length).replaceAll('-', '/')}/`);
  }
  return path;
}

function pathOf(url: URL): string {
  return `${url.pathname}${url.search}`;
}

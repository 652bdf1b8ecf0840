/** What stands at a fixed address, whatever the template of articles. */
export type FixedPlace = { kind: 'section' | 'author' | 'tag'; slug: string };

const fixed = /^\/(section|author|tag)\/([^/?#]+)\/?$/;

export const sectionPath = (slug: string): string => `/section/${slug}/`;
export const authorPath = (slug: string): string => `/author/${slug}/`;
export const tagPath = (slug: string): string => `/tag/${slug}/`;

/** The section, author or tag whose present address `path` is. */
export function fixedPlace(path: string): FixedPlace | null {
  const match = fixed.exec(path);
  return match ? { kind: match[1] as FixedPlace['kind'], slug: match[2] ?? '' } : null;
}

/** `text` with its percent-encoding undone, as it is where that is broken. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * An address as it is kept: from the root, decoded, its query sorted, without fragment or the origin of the site. Null for
 * an address of another site. `siteUrl` may be any URL of the site whose addresses these are.
 */
export function normalPath(address: string, siteUrl: string): string | null {
  const base = new URL(siteUrl);
  let url: URL;
  try {
    url = new URL(address.trim(), base);
  } catch {
    return null;
  }
  if (url.host !== base.host) return null;
  url.searchParams.sort();
  return decoded(url.pathname).replace(/\/{2,}/g, '/') + url.search;
}

/** The ways one address is written: with and without the slash at its end. */
export function spellings(path: string): string[] {
  const [place = '', query] = path.split('?', 2) as [string, string?];
  const other = place.endsWith('/') ? place.slice(0, -1) : `${place}/`;
  const rest = query === undefined ? '' : `?${query}`;
  return other === '' ? [path] : [path, other + rest];
}

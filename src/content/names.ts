/** A name as lists sort it: without marks, in lower case. */
export const sortNameOf = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** A readable name for something of which only the slug is known: `east-asia` is “East Asia”. */
export const nameFromSlug = (slug: string): string =>
  slug
    .split(/[-_]+/)
    .filter(Boolean)
    .map((word) => word[0]?.toLocaleUpperCase() + word.slice(1))
    .join(' ') || slug;

/** `slug`, or the first of `slug-2`, `slug-3` … that `taken` does not hold. */
export function freeSlug(slug: string, taken: (candidate: string) => boolean): string {
  let candidate = slug;
  for (let number = 2; taken(candidate); number += 1) candidate = `${slug}-${number}`;
  return candidate;
}

/** A slug made from a name: its letters and digits, without marks, in at most 80 characters; `otherwise` where it has none. */
export function slugOfName(name: string, otherwise: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  const cut =
    words.length > 80
      ? words
          .slice(0, 81)
          .replace(/-[^-]*$/, '')
          .slice(0, 80)
      : words;
  return cut || otherwise;
}

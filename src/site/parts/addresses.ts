/** Where the site's own pages stand. Pieces say their own. */
export const addresses = {
  section: (slug: string) => `/section/${encodeURIComponent(slug)}/`,
  author: (slug: string) => `/author/${encodeURIComponent(slug)}/`,
  tag: (slug: string) => `/tag/${encodeURIComponent(slug)}/`,
  collection: (slug: string) => `/collection/${encodeURIComponent(slug)}/`,
  search: (asked: Readonly<Record<string, string | undefined>>) =>
    `/search?${new URLSearchParams(Object.entries(asked).filter((each): each is [string, string] => Boolean(each[1])))}`,
};

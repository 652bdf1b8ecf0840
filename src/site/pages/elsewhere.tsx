import type { Asking, Page } from '../page.js';
import { addresses } from '../parts/addresses.js';
import { Day } from '../parts/dates.js';
import { words } from '../words.js';

/** There is nothing at an address, and never was. */
export const missing = (status: 404 | 400 = 404): Page => ({
  status,
  about: { title: words.notFound, isPrivate: true },
  content: () => (
    <header class="title">
      <h1>{words.notFound}</h1>
      <p class="standfirst">{words.notFoundWhy}</p>
      <p>
        <a href="/">{words.home}</a>
      </p>
    </header>
  ),
});

/** What an address leads to at which no page stands: where it stands now, why it is gone, or nothing. */
export async function elsewhere({ ask, documents }: Asking, path: string): Promise<Page> {
  const { resolvePath: found } = await ask(documents.path, { path });
  if (!found) return missing();
  switch (found.__typename) {
    case 'Redirect':
      return { movedTo: found.to };
    case 'Article':
      return found.path === path ? missing() : { movedTo: found.path };
    case 'Gone':
      return {
        status: 410,
        about: { title: words.gone, isPrivate: true },
        content: ({ publication }) => (
          <header class="title">
            <h1>{words.gone}</h1>
            {found.reason ? <p class="standfirst">{found.reason}</p> : null}
            <p class="small">
              {words.goneOn} <Day at={found.at} paper={publication} />
            </p>
            <p>
              <a href="/">{words.home}</a>
            </p>
          </header>
        ),
      };
    default: {
      const kind = found.__typename.toLowerCase() as 'section' | 'author' | 'tag';
      const to = addresses[kind](found.slug);
      return to === path ? missing() : { movedTo: to };
    }
  }
}

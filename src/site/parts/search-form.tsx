import { words } from '../words.js';

/** As the graph takes them (`search`). */
export const longestQuery = 300;

/** Searches without a script; with one, suggestions are added to it while somebody types. */
export function SearchForm({ query, order }: { query?: string; order?: string | undefined }) {
  return (
    <form class="search" role="search" action="/search">
      <div class="typed">
        <input
          type="search"
          name="q"
          value={query}
          maxLength={longestQuery}
          aria-label={words.searchFor}
          placeholder={words.searchFor}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
        />
      </div>
      {order ? <input type="hidden" name="order" value={order} /> : null}
      <button>{words.search}</button>
    </form>
  );
}

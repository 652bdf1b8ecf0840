/** The part of the browser's local storage that is used here. */
export interface KeptItems {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

interface TabContent {
  readonly query: string | null;
  readonly variables?: string | null;
}

const PREFIX = 'graphiql:';

/** How tall a document stands over its variables until somebody drags the bar: a draft is written in the variables. */
const documentOverVariables = '1.2';

/**
 * What GraphiQL remembers, in `items`. GraphiQL 5.4 keeps the open tab's document and variables twice, in the list of
 * tabs and apart, each only once edited; where the two differ it opens one tab more at every reload. Here they are
 * kept once, in the list, and before there is a list they are those of `firstTab`.
 */
export function deskMemory(items: KeptItems, firstTab: TabContent | undefined) {
  const ours = () =>
    Array.from({ length: items.length }, (_, index) => items.key(index)).filter((key) => key?.startsWith(PREFIX));

  return {
    getItem(key: string): string | null {
      if (key === `${PREFIX}query`) return openTab()?.query ?? null;
      if (key === `${PREFIX}variables`) return openTab()?.variables ?? null;
      const kept = items.getItem(key);
      return key === `${PREFIX}secondaryEditorFlex` ? (kept ?? documentOverVariables) : kept;
    },
    setItem(key: string, value: string): void {
      if (key !== `${PREFIX}query` && key !== `${PREFIX}variables`) items.setItem(key, value);
    },
    removeItem: (key: string): void => items.removeItem(key),
    clear: (): void => ours().forEach((key) => key && items.removeItem(key)),
    get length() {
      return ours().length;
    },
  };

  function openTab(): TabContent | undefined {
    const kept = items.getItem(`${PREFIX}tabState`);
    return (kept && openTabOf(kept)) || firstTab;
  }
}

function openTabOf(tabState: string): TabContent | null {
  let state: unknown;
  try {
    state = JSON.parse(tabState);
  } catch {
    return null;
  }
  const tabs = property(state, 'tabs');
  const tab: unknown = Array.isArray(tabs) ? tabs[Number(property(state, 'activeTabIndex'))] : undefined;
  if (tab === undefined) return null;
  const [query, variables] = [property(tab, 'query'), property(tab, 'variables')];
  return {
    query: typeof query === 'string' ? query : null,
    variables: typeof variables === 'string' ? variables : null,
  };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

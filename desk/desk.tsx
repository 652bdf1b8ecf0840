import './style-nonce.js';
import './workers.js';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createPortal } from 'react-dom';
import readyTabs from 'desk:ready-tabs';
import { Editors, editorTheme } from './editors.js';
import { labelExplorerFields } from './explorer-labels.js';
import { deskFetcher } from './fetcher.js';
import { deskMemory } from './memory.js';
import { openSession } from './session.js';
import { SignIn } from './sign-in.js';
import { workingDay } from './working-day.js';

const session = openSession(sessionStorage);
// The page and the endpoint share one address, whatever prefix a proxy puts before it.
const fetcher = deskFetcher(location.pathname, session);
const plugins = [workingDay, HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];
const linked = linkedDocument(new URLSearchParams(location.search));
const tabs = [...(linked ? [linked] : []), ...readyTabs];
const memory = deskMemory(localStorage, tabs[0]);

function Desk({ header }: { header: Element }) {
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      editorTheme={editorTheme}
      defaultTabs={tabs}
      storage={memory}
      {...(linked && { initialQuery: linked.query, initialVariables: linked.variables })}
      defaultQuery="# Start from The working day, at the left, or write your own.\n"
      // GraphiQL's history writes the header editor to local storage, where no token belongs: the header above is the way.
      isHeadersEditorEnabled={false}
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
      defaultEditorToolsVisibility="variables"
      inputValueDeprecation
      schemaDescription
    >
      <Editors />
      <GraphiQL.Logo>{null}</GraphiQL.Logo>
      {createPortal(<SignIn session={session} fetcher={fetcher} />, header)}
    </GraphiQL>
  );
}

/** A link such as `/graphql?query=…` opens its document in a tab; it is never run by itself. */
function linkedDocument(search: URLSearchParams) {
  const query = search.get('query');
  return query ? { query, variables: search.get('variables') ?? '' } : null;
}

const header = document.querySelector('#desk-viewer');
const main = document.querySelector('#desk');
if (!header || !main) throw new Error('The page lacks #desk-viewer or #desk.');
createRoot(main).render(
  <StrictMode>
    <Desk header={header} />
  </StrictMode>,
);
labelExplorerFields(main);

import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from '@graphiql/react';
import readyTabs from 'desk:ready-tabs';

type ReadyTab = (typeof readyTabs)[number];

/** The ready documents as a list beside the editors: tabs get closed and edited, and this brings them back. */
export const workingDay: GraphiQLPlugin = { title: 'The working day', icon: Icon, content: WorkingDay };

function WorkingDay() {
  const { tabs, queryEditor, variableEditor } = useGraphiQL(({ tabs, queryEditor, variableEditor }) => ({
    tabs,
    queryEditor,
    variableEditor,
  }));
  const { addTab, changeTab, setVisiblePlugin } = useGraphiQLActions();

  function open(ready: ReadyTab) {
    // On a phone this panel covers the editors; see phone.css.
    if (matchMedia('(max-width: 720px)').matches) setVisiblePlugin(null);
    const untouched = tabs.findIndex(({ query }) => query === ready.query);
    if (untouched >= 0) return changeTab(untouched);
    addTab();
    queryEditor?.setValue(ready.query);
    variableEditor?.setValue(ready.variables);
  }

  return (
    <section className="desk-working-day" aria-labelledby="desk-working-day">
      <h2 id="desk-working-day">The working day</h2>
      <p>Documents to start from, in the order a story takes. Each opens in a tab; change whatever you like.</p>
      <ol>
        {readyTabs.map((ready) => (
          <li key={ready.title}>
            <button type="button" onClick={() => open(ready)}>
              {ready.title}
            </button>
            <p>{ready.teaches}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 4h13v14a2 2 0 0 0 2 2H6a2 2 0 0 1-2-2zM17 8h3v10a2 2 0 0 1-2 2" />
      <path d="M7 8h7M7 12h7M7 16h4" />
    </svg>
  );
}

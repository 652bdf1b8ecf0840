import type { TabsState } from '@graphiql/react';
import { createContext, useContext, type ComponentProps, type KeyboardEvent, type ReactNode } from 'react';

// The build puts this module in the place of GraphiQL's own tabs. Those nest a button inside each tab, which assistive
// technology cannot reach, and name a tab after its operation. These keep the ARIA practice for tabs with deletion:
// arrows, Home and End move, Enter opens, Delete closes; and the first line, "# title: …", names the tab.

const OfTab = createContext<{ title: string; active: boolean } | null>(null);

interface TabsProps extends ComponentProps<'div'> {
  /** The order and its change belong to GraphiQL's dragging, which these tabs leave out: it fights with scrolling. */
  values?: unknown;
  onReorder?: unknown;
}

function TabList({ values: _values, onReorder: _onReorder, className, ...props }: TabsProps) {
  return <div {...props} role="tablist" className={`graphiql-tabs ${className ?? ''}`} onKeyDown={moveFocus} />;
}

interface TabProps {
  value: TabsState['tabs'][number];
  isActive: boolean;
  children: ReactNode;
}

function TabFrame({ value, isActive, children }: TabProps) {
  const title = /^# title: (.+)/.exec(value.query ?? '')?.[1]?.trim() || value.title;
  return (
    <OfTab value={{ title, active: isActive }}>
      <div role="presentation" className={`graphiql-tab ${isActive ? 'graphiql-tab-active' : ''}`}>
        {children}
      </div>
    </OfTab>
  );
}

function TabButton({ className, ...props }: ComponentProps<'button'>) {
  const tab = useContext(OfTab);
  return (
    <button
      {...props}
      type="button"
      role="tab"
      aria-selected={tab?.active ?? false}
      tabIndex={tab?.active ? 0 : -1}
      title={tab?.title}
      className={`graphiql-un-styled graphiql-tab-button ${className ?? ''}`}
    >
      {tab?.title}
    </button>
  );
}

/** For a pointer; a keyboard has Delete. GraphiQL finds the tab to close as this button's previous sibling. */
function TabClose(props: ComponentProps<'button'>) {
  return (
    <button
      {...props}
      type="button"
      tabIndex={-1}
      aria-hidden="true"
      title="Close this tab (Delete)"
      className="graphiql-un-styled graphiql-tab-close"
    >
      <svg viewBox="0 0 12 12" fill="none" stroke="currentColor" strokeWidth="2">
        <path d="M1 1l10 10M11 1L1 11" />
      </svg>
    </button>
  );
}

function moveFocus(event: KeyboardEvent<HTMLDivElement>) {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')];
  const here = all.findIndex((tab) => tab === event.target);
  if (here < 0) return;
  const places: Record<string, number> = {
    ArrowRight: (here + 1) % all.length,
    ArrowLeft: (here - 1 + all.length) % all.length,
    Home: 0,
    End: all.length - 1,
    Delete: here > 0 ? here - 1 : 1,
  };
  const place = places[event.key];
  if (place === undefined) return;
  event.preventDefault();
  const close = event.key === 'Delete' ? all[here]?.nextElementSibling : null;
  if (event.key === 'Delete' && !close) return; // the last tab stays
  all[place]?.focus();
  if (close instanceof HTMLElement) close.click();
}

export const Tabs = TabList;
export const Tab = Object.assign(TabFrame, { Button: TabButton, Close: TabClose });

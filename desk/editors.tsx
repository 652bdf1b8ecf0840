import { useGraphiQL, useMonaco } from '@graphiql/react';
import type { editor } from 'monaco-editor';
import { useEffect } from 'react';

type Scheme = 'light' | 'dark';

/** The names of the desk's own colours for Monaco. */
export const editorTheme = { light: 'desk-light', dark: 'desk-dark' };

// Monaco's own greys and greens fall short of 4.5 : 1 on GraphiQL's backgrounds (WCAG 2.2, 1.4.3).
const themes: Record<Scheme, editor.IStandaloneThemeData> = {
  light: {
    base: 'vs',
    inherit: true,
    rules: [
      { token: 'number', foreground: '06603f' },
      { token: 'number.json', foreground: '06603f' },
      { token: 'comment', foreground: '2d6a1f' },
      { token: 'argument.identifier.gql', foreground: '5250b8' },
    ],
    colors: widgetColours({ paper: '#ffffff', accent: '#b4047a', faint: '#b4047a19', lineNumber: '#4b5a75' }),
  },
  dark: {
    base: 'vs-dark',
    inherit: true,
    rules: [
      { token: 'comment', foreground: '8fc07c' },
      { token: 'argument.identifier.gql', foreground: 'aaa5ff' },
    ],
    colors: widgetColours({ paper: '#212a3b', accent: '#ff85b3', faint: '#ff85b319', lineNumber: '#a9b4c8' }),
  },
};

function widgetColours(of: { paper: string; accent: string; faint: string; lineNumber: string }) {
  return {
    'editor.background': '#ffffff00',
    'editorLineNumber.foreground': of.lineNumber,
    'editorLineNumber.dimmedForeground': of.lineNumber,
    'scrollbar.shadow': '#ffffff00',
    focusBorder: of.accent,
    'textLink.foreground': of.accent,
    'textLink.activeForeground': of.accent,
    'editorLink.activeForeground': of.accent,
    'editorWidget.background': of.paper,
    'editorHoverWidget.background': of.paper,
    'editorSuggestWidget.background': of.paper,
    'editorSuggestWidget.selectedBackground': of.faint,
    'editorSuggestWidget.selectedForeground': of.accent,
    'quickInput.background': of.paper,
    'quickInputList.focusBackground': of.faint,
    'list.hoverBackground': of.faint,
    'list.highlightForeground': of.accent,
    'list.focusHighlightForeground': of.accent,
    'menu.background': of.paper,
    'menu.selectionBackground': of.faint,
    'menu.selectionForeground': of.accent,
  };
}

// A newsroom's text is full of ’ and of names in other scripts: no mistaken code to be framed.
const unicodeHighlight = { ambiguousCharacters: false, invisibleCharacters: true };

/** Gives the editors the desk's colours and wraps their lines, so that comments can be read at any width. */
export function Editors() {
  const monaco = useMonaco((state) => state.monaco);
  const { theme, queryEditor, variableEditor, responseEditor } = useGraphiQL(
    ({ theme, queryEditor, variableEditor, responseEditor }) => ({
      theme,
      queryEditor,
      variableEditor,
      responseEditor,
    }),
  );

  useEffect(() => {
    if (!monaco) return;
    monaco.editor.defineTheme(editorTheme.light, themes.light);
    monaco.editor.defineTheme(editorTheme.dark, themes.dark);
    const system = matchMedia('(prefers-color-scheme: dark)');
    const apply = () => monaco.editor.setTheme(editorTheme[theme ?? (system.matches ? 'dark' : 'light')]);
    apply();
    // GraphiQL looks at the system's setting once; people's systems change at dusk.
    system.addEventListener('change', apply);
    return () => system.removeEventListener('change', apply);
  }, [monaco, theme, queryEditor]);

  useEffect(() => {
    const options = { wordWrap: 'on', renderFinalNewline: 'on', unicodeHighlight } as const;
    queryEditor?.updateOptions(options);
    variableEditor?.updateOptions(options);
    responseEditor?.updateOptions({ unicodeHighlight });
  }, [queryEditor, variableEditor, responseEditor]);

  useEffect(() => {
    // Tab leads out of an editor, as everywhere on a page (WCAG 2.2, 2.1.2); Control-M makes it indent.
    if (!monaco || !queryEditor || queryEditor.getOption(monaco.editor.EditorOption.tabFocusMode)) return;
    queryEditor.trigger('desk', 'editor.action.toggleTabFocusMode', null);
  }, [monaco, queryEditor]);

  return null;
}

// What esbuild is told about the desk's sources that it could not know by itself.
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'graphql';

/** GraphiQL's style sheets carry their fonts inline; as files they load when needed, and `font-src 'self'` suffices. */
export const fontsAsFiles = {
  name: 'fonts-as-files',
  setup(build) {
    const fonts = new Map();
    build.onLoad({ filter: /[\\/]graphiql[\\/]dist[\\/].*\.css$/ }, async ({ path }) => {
      const css = await readFile(path, 'utf8');
      const inline = /url\(["']?data:font\/(ttf|woff2?);base64,([^"')]+)["']?\)/g;
      const contents = css.replace(inline, (_whole, format, base64) => {
        const name = `font-${fonts.size}.${format}`;
        fonts.set(name, Buffer.from(base64, 'base64'));
        return `url(desk-font:${name})`;
      });
      return { contents, loader: 'css' };
    });
    build.onResolve({ filter: /^desk-font:/ }, ({ path }) => ({
      path: path.slice('desk-font:'.length),
      namespace: 'desk-font',
    }));
    build.onLoad({ filter: /.*/, namespace: 'desk-font' }, ({ path }) => ({
      contents: fonts.get(path),
      loader: 'file',
    }));
  },
};

/** Monaco's modules import their styles one by one; GraphiQL's style sheet holds all of them already. */
export const monacoWithoutItsStyles = {
  name: 'monaco-without-its-styles',
  setup(build) {
    build.onLoad({ filter: /[\\/]monaco-editor[\\/].*\.css$/ }, () => ({ contents: '', loader: 'js' }));
  },
};

/** `desk:ready-tabs`: the documents of `schema/operations/desk/`, in the order of their names. */
export const readyTabs = (root) => ({
  name: 'ready-tabs',
  setup(build) {
    const folder = join(root, 'schema/operations/desk');
    build.onResolve({ filter: /^desk:ready-tabs$/ }, ({ path }) => ({ path, namespace: 'ready-tabs' }));
    build.onLoad({ filter: /.*/, namespace: 'ready-tabs' }, async () => {
      const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.graphql')) : [];
      const tabs = await Promise.all(names.sort().map((name) => readyTab(join(folder, name))));
      return { contents: JSON.stringify(tabs), loader: 'json' };
    });
  },
});

/** One ready document; a mistake in it fails the build, because nobody would see it before an editor does. */
export async function readyTab(path) {
  const name = basename(path);
  const query = (await readFile(path, 'utf8')).trimEnd() + '\n';
  const title = /^# title: (.+)\n/.exec(query)?.[1]?.trim();
  if (!title) throw new Error(`${name}: its first line must be "# title: …", the name of its tab.`);
  try {
    parse(query);
  } catch (error) {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  }
  const variablesFile = path.replace(/\.graphql$/, '.variables.json');
  const variables = existsSync(variablesFile) ? (await readFile(variablesFile, 'utf8')).trim() : '';
  if (variables) {
    try {
      JSON.parse(variables);
    } catch (error) {
      throw new Error(`${basename(variablesFile)}: ${error.message}`, { cause: error });
    }
  }
  const lead = /^# title: .+\n((?:#.*\n)*)/.exec(query)[1];
  const teaches = lead
    .replace(/^# ?/gm, '')
    .trim()
    .split(/\n\s*\n/)[0]
    .replace(/\s+/g, ' ');
  return { title, teaches, query, variables };
}

/** `desk/tabs.tsx` in the place of GraphiQL's own tabs; the build stops when GraphiQL no longer has such a module. */
export const ownTabs = (root) => ({
  name: 'own-tabs',
  setup(build) {
    let replaced = false;
    build.onResolve({ filter: /\/tabs\/index\.js$/ }, ({ importer }) => {
      if (!/@graphiql[\\/]react[\\/]dist[\\/]/.test(importer)) return undefined;
      replaced = true;
      return { path: join(root, 'desk/tabs.tsx') };
    });
    build.onEnd(() => {
      if (!replaced) throw new Error('GraphiQL imported no tabs/index.js, which desk/tabs.tsx is to replace.');
    });
  },
});

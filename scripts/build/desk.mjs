import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { filesUnder } from './fingerprint.mjs';

const target = ['chrome111', 'edge111', 'firefox114', 'safari16.4'];

const contentTypes = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};
const compressedAlready = new Set(['.woff', '.woff2']);

/** The newsroom's desk: GraphiQL with its editor's workers, hashed by content, compressed, listed in a manifest. */
export const desk = {
  name: 'desk',
  inputs: [
    'scripts/build/desk.mjs',
    'scripts/build/desk-plugins.mjs',
    'desk',
    'schema/operations/desk',
    'node_modules/esbuild/package.json',
    'node_modules/graphiql/package.json',
    'node_modules/@graphiql/react/package.json',
    'node_modules/@graphiql/toolkit/package.json',
    'node_modules/@graphiql/plugin-explorer/package.json',
    'node_modules/graphql-sse/package.json',
    'node_modules/monaco-editor/package.json',
    'node_modules/monaco-graphql/package.json',
    'node_modules/react/package.json',
    'node_modules/react-dom/package.json',
  ],
  outputs: ['dist/desk/manifest.json'],
  async run(root) {
    // Built beside the old folder and moved into its place whole, so that no half-written desk is ever served.
    const fresh = `dist/desk-${process.pid}`;
    await rm(join(root, fresh), { recursive: true, force: true });
    await mkdir(join(root, fresh), { recursive: true });
    try {
      const page = await bundle(root, fresh);
      const files = await compress(root, fresh);
      await writeFile(join(root, fresh, 'manifest.json'), JSON.stringify({ ...page, files }, null, 2));
      await rm(join(root, 'dist/desk'), { recursive: true, force: true });
      await rename(join(root, fresh), join(root, 'dist/desk'));
      const sent = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
      return `${Object.keys(files).length} files bundled, ${(sent / 1e6).toFixed(1)} MB before compression`;
    } finally {
      await rm(join(root, fresh), { recursive: true, force: true });
    }
  },
};

async function bundle(root, outdir) {
  // Loaded here, because a build with nothing to do must not wait for them.
  const { build } = await import('esbuild');
  const { fontsAsFiles, monacoWithoutItsStyles, ownTabs, readyTabs } = await import('./desk-plugins.mjs');
  const shared = {
    absWorkingDir: root,
    outdir,
    bundle: true,
    minify: true,
    target,
    metafile: true,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    legalComments: 'linked',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.USE_IMPORT': '"true"' },
  };
  const workers = await build({
    ...shared,
    format: 'iife',
    entryPoints: {
      'worker-editor': 'monaco-editor/esm/vs/editor/editor.worker.js',
      'worker-json': 'monaco-editor/esm/vs/language/json/json.worker.js',
      'worker-graphql': 'monaco-graphql/esm/graphql.worker.js',
    },
  });
  const app = await build({
    ...shared,
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    entryPoints: [
      { in: 'desk/desk.tsx', out: 'desk' },
      { in: 'desk/desk.css', out: 'desk' },
    ],
    define: { ...shared.define, DESK_WORKERS: JSON.stringify(workerNames(workers.metafile)) },
    plugins: [fontsAsFiles, monacoWithoutItsStyles, readyTabs(root), ownTabs(root)],
  });
  return pageParts(app.metafile);
}

/** `{ editor, json, graphql }`, each the file name of that worker. */
function workerNames({ outputs }) {
  const names = Object.keys(outputs)
    .filter((file) => file.endsWith('.js'))
    .map((file) => basename(file));
  return Object.fromEntries(names.map((name) => [/^worker-([a-z]+)-/.exec(name)[1], name]));
}

/** What the page names: its script, its style sheet, and the chunks the first screen cannot do without. */
function pageParts({ outputs }) {
  const ofEntry = (entry) => Object.keys(outputs).find((file) => outputs[file].entryPoint?.endsWith(entry));
  const script = ofEntry('desk/desk.tsx');
  const needed = new Set();
  const need = (file) => {
    if (!file || needed.has(file)) return;
    needed.add(file);
    outputs[file].imports.filter(({ kind }) => kind === 'import-statement').forEach(({ path }) => need(path));
  };
  need(script);
  need(ofEntry('node_modules/monaco-graphql/esm/monaco-editor.js'));
  need(ofEntry('node_modules/monaco-graphql/esm/lite.js'));
  needed.delete(script);
  return {
    script: basename(script),
    style: basename(ofEntry('desk/desk.css')),
    preload: [...needed].map((file) => basename(file)),
  };
}

/** Writes `.br` and `.gz` beside each file that gains from it, and answers what there is. */
async function compress(root, folder) {
  const files = {};
  await Promise.all(
    filesUnder(root, folder).map(async (file) => {
      const extension = extname(file);
      const type = contentTypes[extension];
      if (!type) throw new Error(`No content type is known for ${basename(file)}; add one in scripts/build/desk.mjs.`);
      const content = await readFile(join(root, file));
      const encodings = [];
      if (content.length > 1024 && !compressedAlready.has(extension)) {
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
        await writeFile(join(root, `${file}.br`), await promisify(brotliCompress)(content, { params }));
        await writeFile(join(root, `${file}.gz`), await promisify(gzip)(content, { level: 9 }));
        encodings.push('br', 'gzip');
      }
      files[basename(file)] = { type, bytes: content.length, encodings };
    }),
  );
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

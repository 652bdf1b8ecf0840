import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { filesUnder } from './fingerprint.mjs';

/** The service itself: each `src/**` module transpiled to the same place under `dist/`, and nothing else left there. */
export const service = {
  name: 'service',
  inputs: ['scripts/build/service.mjs', 'src', 'tsconfig.json', 'node_modules/esbuild/package.json'],
  outputs: [],
  async run(root) {
    const { build } = await import('esbuild');
    const modules = filesUnder(root, 'src').filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
    await build({
      absWorkingDir: root,
      entryPoints: modules,
      outbase: 'src',
      outdir: 'dist',
      bundle: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'linked',
      logLevel: 'error',
    });
    const stale = staleOutputs(root, modules);
    await Promise.all(stale.map((file) => rm(join(root, file))));
    return `${modules.length} modules transpiled${stale.length > 0 ? `, ${stale.length} stale files removed` : ''}`;
  },
};

/** What an earlier build wrote for modules that are gone: importing it by mistake would work here and nowhere else. */
function staleOutputs(root, modules) {
  const current = new Set(
    modules.flatMap((file) => {
      const output = file.replace(/^src\//, 'dist/').replace(/\.tsx?$/, '.js');
      return [output, `${output}.map`];
    }),
  );
  return filesUnder(root, 'dist').filter(
    (file) => !file.startsWith('dist/desk') && /\.js(\.map)?$/.test(file) && !current.has(file),
  );
}

import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { extract } from 'tar';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the package', () => {
  let folder: string;
  let service: ServiceProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dateline-package-'));
    // The program is built already; `prepack` would build it again.
    const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: root,
      maxBuffer: 1e8,
    });
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
    await extract({ file: join(folder, filename), cwd: folder });
    await symlink(join(root, 'node_modules'), join(folder, 'package', 'node_modules'));
    service = await startServiceProcess({}, [join(folder, 'package', 'dist', 'cli', 'dateline.js'), 'serve']);
  });

  afterAll(async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('has all that its program reads: the graph, the paper, the desk, the schema', async () => {
    const { data } = await service.query('{ articles(first: 1) { nodes { headline } } }');
    expect(data).toEqual({ articles: { nodes: [{ headline: expect.any(String) as string }] } });
    for (const path of ['/', '/schema.graphql', '/sitemap.xml']) {
      expect([path, (await fetch(service.url + path)).status]).toEqual([path, 200]);
    }
    for (const page of ['/', '/graphql']) {
      const html = await (await fetch(service.url + page, { headers: { accept: 'text/html' } })).text();
      const [, script] = /<script[^>]* src="([^"]+)"/.exec(html) ?? [];
      expect((await fetch(new URL(script!, service.url + page))).status).toBe(200);
    }
  });

  it('has its licence, and those of what it is made of', async () => {
    const { stdout } = await run('ls', [join(folder, 'package')]);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['LICENSE', 'THIRD-PARTY.md', 'README.md']));
  });
});

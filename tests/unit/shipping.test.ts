import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (file: string) => readFileSync(root + file, 'utf8');

/** What each service of compose.yaml says, as it stands there. */
function servicesOf(compose: string): Map<string, string> {
  const [, section = ''] = /^services:\n([^]*?)^\w/m.exec(compose) ?? [];
  const parts = section.split(/^ {2}(?=[\w-]+:$)/m).filter((part) => part.trim() !== '');
  return new Map(parts.map((part) => [part.slice(0, part.indexOf(':')), part]));
}

describe('the image', () => {
  const dockerfile = textOf('Dockerfile');
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const served = stages.at(-1) ?? '';

  it('is built in one stage and served from another, on a Node that is promised', () => {
    expect(stages).toHaveLength(2);
    for (const stage of stages) expect(stage).toMatch(/^node:(20\.19|22|24)-/);
  });

  it('takes from the build all that the package has, and nothing that is not there', () => {
    const { files } = JSON.parse(textOf('package.json')) as { files: string[] };
    const copied = [...served.matchAll(/^COPY --from=build (.+) \S+$/gm)]
      .flatMap(([, from = '']) => from.split(' '))
      .map((file) => file.replace('/app/', ''));
    const needed = files.filter((file) => !['ops', 'THIRD-PARTY.md'].includes(file));
    expect(copied).toEqual(expect.arrayContaining([...needed, 'package.json', 'node_modules']));
    expect(copied.filter((file) => !['dist', 'node_modules'].includes(file) && !existsSync(root + file))).toEqual([]);
  });

  it('has as much memory as where it is started otherwise', () => {
    const saidIn = (file: string, what: RegExp) => new Set([...textOf(file).matchAll(what)].map(([, most]) => most));
    const heap = /--max-old-space-size=(\d+)/g;
    const [most, ...others] = saidIn('Dockerfile', heap);
    expect([Number(most) >= 256, others]).toEqual([true, []]);
    for (const file of ['package.json', 'src/cli/workers.ts', 'docs/operating.md', 'tests/load/paper.ts'])
      expect(saidIn(file, heap)).toEqual(new Set([most]));
    for (const file of ['Dockerfile', 'src/cli/workers.ts', 'docs/operating.md'])
      expect(saidIn(file, /MALLOC_ARENA_MAX(?:=|: ')(\d+)/g)).toEqual(new Set(['2']));
  });

  it('runs as nobody special, is told to stop as serve expects, and looks after itself without a program it lacks', () => {
    expect(served).toMatch(/^USER node$/m);
    expect(served).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(served).toMatch(/^HEALTHCHECK [^]*?CMD \["node", "-e"/m);
    expect(served.indexOf('\nUSER ')).toBeLessThan(served.indexOf('\nENTRYPOINT '));
    const healthcheck = /CMD (\["node", "-e".*\])$/m.exec(served)?.[1] ?? '';
    const [, , script = ''] = JSON.parse(healthcheck) as string[];
    const run = (port: string) => () =>
      execFileSync(process.execPath, ['-e', script], { env: { PORT: port }, stdio: 'ignore' });
    expect(run('1')).toThrow(/failed/);
  });

  it('is made of what is named, so that nothing of a checkout gets in by accident', () => {
    const ignored = textOf('.dockerignore').split('\n');
    expect(ignored).toContain('**');
    const kept = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(kept.filter((file) => !existsSync(root + file))).toEqual([]);
    const inputs = ['package.json', 'package-lock.json', 'prisma', 'schema', 'scripts', 'src', 'desk', 'site'];
    expect(kept).toEqual(expect.arrayContaining(inputs));
  });
});

describe('compose.yaml', () => {
  const compose = textOf('compose.yaml');
  const services = servicesOf(compose);

  it('has a PostgreSQL, two instances behind a proxy, and migrates before they start', () => {
    expect([...services.keys()]).toEqual(['postgres', 'migrate', 'dateline-1', 'dateline-2', 'proxy']);
    expect(compose).toMatch(/migrate: \{ condition: service_completed_successfully \}/);
    // While PostgreSQL makes its first database it says that it is ready, but not by the network.
    expect(services.get('postgres')).toMatch(/pg_isready --host/);
    const nginx = textOf('ops/nginx.conf');
    for (const name of ['dateline-1', 'dateline-2']) expect(nginx).toContain(`server ${name}:4000`);
    expect(services.get('proxy')).toContain('./ops/nginx.conf:/etc/nginx/nginx.conf:ro');
  });

  it('keeps the addresses of the instances, which the proxy looks up once', () => {
    const addresses = ['dateline-1', 'dateline-2'].map(
      (name) => /ipv4_address: (\S+)/.exec(services.get(name) ?? '')?.[1],
    );
    expect(new Set(addresses).size).toBe(2);
    expect(addresses).not.toContain(undefined);
  });

  it('gives the service no rights, a root that is only read, and nobody a password', () => {
    expect(compose).toMatch(/&dateline[^]*read_only: true[^]*cap_drop: \[ALL\][^]*no-new-privileges:true/);
    expect(compose).not.toMatch(/PASSWORD: *['"]?\w/);
  });

  it('lets an instance drain for longer than the proxy keeps connections, and waits for it', () => {
    const seconds = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1]);
    const drains = seconds(compose, /DRAIN_SECONDS: '(\d+)'/);
    const nginx = textOf('ops/nginx.conf');
    expect(drains).toBeGreaterThan(seconds(nginx, /keepalive_timeout (\d+)s/));
    const leftOut = [...nginx.matchAll(/max_fails=1 fail_timeout=(\d+)s/g)].map(([, each]) => Number(each));
    expect(leftOut).toHaveLength(2);
    for (const each of leftOut) {
      // Until its port has closed; and again in use when the other one is told to stop.
      expect(each).toBeGreaterThan(drains + 2);
      expect(seconds(textOf('docs/operating.md'), /^sleep (\d+)/m)).toBeGreaterThan(each + 1);
    }
    expect(seconds(compose, /&dateline[^]*?stop_grace_period: (\d+)s/)).toBeGreaterThan(drains + 10);
  });

  it('says nothing of the service that is no setting of it', () => {
    const readme = textOf('README.md');
    const [, block = ''] = /environment: &environment\n((?: {4}\w+: .*\n)+)/.exec(compose) ?? [];
    const names = [...block.matchAll(/^ +(\w+):/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

it('what others made is listed, under licences that let it be given on', () => {
  const checked = execFileSync(process.execPath, ['scripts/third-party.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(checked).toBe('');
});

it('the list of what it is made of has all that the package asks for, and nothing of what it is developed with', () => {
  const sbom = execFileSync(process.execPath, ['scripts/sbom.mjs'], { cwd: root, encoding: 'utf8', maxBuffer: 1e8 });
  const { metadata, components } = JSON.parse(sbom) as {
    metadata: { component: { name: string } };
    components: { name: string }[];
  };
  expect(metadata.component.name).toBe('dateline');
  const listed = components.map(({ name }) => name);
  const { dependencies } = JSON.parse(textOf('package.json')) as { dependencies: Record<string, string> };
  expect(listed).toEqual(expect.arrayContaining(Object.keys(dependencies)));
  for (const name of ['typescript', 'jest', 'prisma', 'react']) expect(listed).not.toContain(name);
});

it('packages are pinned by their hashes, and by no address of a registry', () => {
  const { packages } = JSON.parse(textOf('package-lock.json')) as {
    packages: Record<string, { integrity?: string; resolved?: string; link?: boolean; inBundle?: boolean }>;
  };
  const entries = Object.entries(packages).filter(([path, { link, inBundle }]) => path !== '' && !link && !inBundle);
  expect(entries.length).toBeGreaterThan(100);
  expect(entries.filter(([, { integrity }]) => !integrity).map(([path]) => path)).toEqual([]);
  expect(entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
});

it('the workflow runs what CI runs, on every Node that is promised', () => {
  const workflow = textOf('.github/workflows/ci.yml');
  expect(workflow).toMatch(/- run: \.ci\/run/);
  for (const version of ["'20.19'", "'22'", "'24'"]) expect(workflow).toContain(version);
});

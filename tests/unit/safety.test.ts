import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// What holds for the files themselves. Each refusal names the file, and what most likely happened.

const root = fileURLToPath(new URL('../..', import.meta.url));
const itself = 'tests/unit/safety.test.ts';

/** The files of the project: those git keeps, and those it would. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1 << 26,
})
  .split('\0')
  .filter((file) => file !== '' && file !== itself && existsSync(join(root, file)));

const textOf = (file: string) => readFileSync(join(root, file), 'utf8');
const isCode = (file: string) => /^(src|tests|scripts|desk)\/.*\.(ts|tsx|mjs|cjs|js)$/.test(file);
const isText = (file: string) => !/\.(png|jpe?g|webp|gif|ico|woff2?|gz|zip|tar|pdf)$/.test(file);

/** Lines of `among` that match, as an editor can open them; each with what most likely happened. */
function found(among: string[], pattern: RegExp, hint: string): string[] {
  return among.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}  ← ${hint}`] : [],
      ),
  );
}

it('reads the files of the project', () => {
  expect(files).toEqual(expect.arrayContaining(['package.json', 'prisma/schema.prisma', 'src/main.ts']));
});

describe('a migration', () => {
  const named = [
    ...new Set(files.filter((file) => file.startsWith('prisma/migrations/')).map((file) => file.split('/')[2]!)),
  ];
  const folders = named.filter((name) => name !== 'migration_lock.toml');

  it('is named for the time it was written and for its effect: 20260801090000_create_content', () => {
    const misnamed = folders.filter((name) => !/^\d{14}_[a-z]+(_[a-z0-9]+)+$/.test(name));
    expect(misnamed).toEqual([]);
    expect(folders.length).toBeGreaterThan(0);
  });

  it('has a time that exists, and no other has it', () => {
    const times = folders.map((name) => name.slice(0, 14));
    const impossible = times.filter((time) => {
      const iso = time.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6.000Z');
      const date = new Date(iso);
      return Number.isNaN(date.getTime()) || date.toISOString() !== iso;
    });
    expect(impossible).toEqual([]);
    expect(new Set(times).size).toBe(times.length);
  });

  it('that takes away what the version before it needs is called so, and comes a version after that has ceased to need it', () => {
    // Before these, no version was released.
    const free = '20261129130000';
    const taking =
      /\bdrop\s+(table|column|type|view)\b|\brename\b|\balter\s+(column\s+)?"?\w+"?\s+(set\s+not\s+null|type|set\s+data\s+type)\b|\badd\s+(column\s+)?"?\w+"?\s+\S+\s+not\s+null(?![^,;]*\b(default|generated)\b)/i;
    const unnamed = folders.filter((name) => {
      if (name.slice(0, 14) <= free || /^\d{14}_remove_/.test(name)) return false;
      const sql = readFileSync(join(root, 'prisma/migrations', name, 'migration.sql'), 'utf8').replace(/--.*$/gm, '');
      return taking.test(sql);
    });
    expect(unnamed).toEqual([]);
    expect(
      ['alter table a drop column b', 'alter table a rename b to c', 'alter table a add b text not null'].every(
        (each) => taking.test(each),
      ),
    ).toBe(true);
    expect(
      ['alter table a add b text', "alter table a add b text not null default ''", 'create index i on a (b)'].some(
        (each) => taking.test(each),
      ),
    ).toBe(false);
  });

  it('is one file, migration.sql', () => {
    const strays = files.filter(
      (file) => /^prisma\/migrations\/[^/]+\//.test(file) && !/^prisma\/migrations\/[^/]+\/migration\.sql$/.test(file),
    );
    expect(strays).toEqual([]);
  });
});

describe('the code', () => {
  const code = files.filter(isCode);
  const src = code.filter((file) => file.startsWith('src/'));

  it('leaves nothing for later', () => {
    const later = found(code, /\b(TODO|FIXME|XXX|HACK)\b/, 'do it, or open an issue and delete the note');
    expect(later).toEqual([]);
  });

  it('never silences the compiler', () => {
    expect(found(code, /@ts-(ignore|nocheck)\b/, 'give the value the type it has, or parse it')).toEqual([]);
  });

  it('pages by value, never by row position or by a row that may be gone', () => {
    const hint = "Prisma's paging moves when rows come and go: use src/database/keyset.ts";
    expect(found(src, /^\s*(cursor|skip):\s*(\{|\d|args\b|first\b|after\b|offset\b)/, hint)).toEqual([]);
  });

  it('gives no array of a type of its own to a statement', () => {
    const hint = 'the embedded database knows types by when it was opened, before they were made: `::text[]::a_type[]`';
    const own = /\}::(?!(uuid|text|int|bigint|boolean|timestamptz|float8|jsonb)\[)\w+\[\]/;
    expect(found(src, own, hint)).toEqual([]);
    expect(own.test('any(${kept}::article_status[])')).toBe(true);
  });

  it('keeps every file of src under 350 lines', () => {
    const long = src
      .map((file) => [file, textOf(file).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 350)
      .map(
        ([file, lines]) => `${file}: ${lines} lines  ← make a folder of its name, with a file for each thing it says`,
      );
    expect(long).toEqual([]);
  });

  it('has no drawers', () => {
    const drawers = code.filter((file) => /(^|[/.-])(utils?|helpers?|common|misc|shared|lib)([/.-]|$)/i.test(file));
    expect(drawers.map((file) => `${file}  ← name it for what is in it, and put it beside what uses it`)).toEqual([]);
  });

  it('names its tests for facts', () => {
    const wishes = found(
      code,
      /(\b(it|test)(\.\w+)?|\))\(\s*(['"`])[^'"`]*\bshould\b/,
      'say what is so, not what ought to be',
    );
    expect(wishes).toEqual([]);
  });

  it('runs no single test in place of all', () => {
    const only = found(
      code,
      /\b(it|test|describe)\.only\(|\b(fit|fdescribe)\(/,
      'it was left from debugging: the others do not run',
    );
    expect(only).toEqual([]);
  });
});

describe('what is kept in git', () => {
  it('names no path of one machine', () => {
    const paths = found(
      files.filter((file) => isText(file) && file !== 'package-lock.json'),
      /(^|[\s"'`(=:])(\/work|\/root|\/home\/[a-z]|\/Users\/[A-Za-z])\//,
      'it works on your machine only: start from the folder of the file, or from the environment',
    );
    expect(paths).toEqual([]);
  });

  it('holds nothing that is generated', () => {
    const generated = files.filter((file) =>
      /^(dist|coverage|\.data|\.cache|src\/generated|tests\/generated)\//.test(file),
    );
    expect(generated.map((file) => `${file}  ← git rm --cached it: .gitignore lists the folder`)).toEqual([]);
  });
});

describe('package-lock.json', () => {
  interface Locked {
    version?: string;
    resolved?: string;
    integrity?: string;
    link?: boolean;
    engines?: { node?: string };
  }
  const { packages } = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, Locked> };
  const copiesOf = (name: string) => Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`));

  it.each(['graphql', '@pothos/core', '@prisma/client', 'react', '@electric-sql/pglite'])('holds one %s', (name) => {
    // Two copies of graphql refuse each other's schemas; see "overrides" in package.json.
    expect(copiesOf(name)).toEqual([`node_modules/${name}`]);
  });

  it('names no registry', () => {
    // .npmrc asks npm to leave it out: an npm that was told otherwise has written the lockfile.
    const located = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined);
    expect(located.map(([path, { resolved }]) => `${path}: ${resolved}`)).toEqual([]);
  });

  it('holds every package to its hash', () => {
    const loose = Object.entries(packages).filter(([path, { integrity, link }]) => path !== '' && !link && !integrity);
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it('holds no package that refuses Node 20', () => {
    const demanding = Object.entries(packages).filter(([, { engines }]) => {
      const lowest = /^(>=|\^|~)?\s*v?(\d+)[^|]*$/.exec(engines?.node ?? '');
      return lowest !== null && Number(lowest[2]) > 20;
    });
    const hint = 'pin an older version, or override it in package.json';
    expect(demanding.map(([path, { engines }]) => `${path}: ${engines?.node}  ← ${hint}`)).toEqual([]);
  });

  it('lets no package run a script when it is installed', () => {
    const { allowScripts } = JSON.parse(textOf('package.json')) as { allowScripts: Record<string, boolean> };
    const scripted = Object.entries(packages).flatMap(([path, locked]) =>
      'hasInstallScript' in locked ? [path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)] : [],
    );
    const unanswered = scripted.filter((name) => allowScripts[name] !== false && name !== 'fsevents');
    expect(
      unanswered.map((name) => `${name}  ← npm install-scripts deny ${name}, and see that all works without`),
    ).toEqual([]);
  });
});

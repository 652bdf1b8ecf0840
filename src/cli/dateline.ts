#!/usr/bin/env node
import './production.js';
import { Command, CommanderError, Option } from 'commander';
import { sayingWhy } from '../for-people.js';
import type { RestoreCommand } from './backup.js';
import type { BenchImport } from './bench/import.js';
import type { BenchRead } from './bench/read.js';
import type { BenchScale } from './bench/scale.js';
import type { BenchSearch } from './bench/search.js';
import type { ImportCommand } from './import.js';
import type { KeyCreateCommand } from './key.js';
import { lifeFrom, nameFrom, roles, workersFrom } from './options.js';
import type { TokenCreateCommand } from './token.js';
import { programVersion } from './version.js';

// Each command loads what it is made of when it is given, so that those that need little are done soon.

const program = new Command('dateline')
  .version(programVersion())
  .description('A GraphQL content service for news publishers. Configuration is in the environment; see README.md.')
  .exitOverride()
  .showHelpAfterError();

program
  .command('serve')
  .description('Serve the graph, the desk and the feeds until stopped.')
  .option(
    '--workers <count>',
    'processes that share the port, or auto for one a core; needs DATABASE_URL',
    workersFrom,
    1,
  )
  .action(async ({ workers }: { workers: number }) => {
    if (workers > 1) {
      const { serveOnWorkers } = await import('./workers.js');
      await serveOnWorkers(process.env, workers);
    } else {
      const { serveUntilStopped } = await import('./serve.js');
      await serveUntilStopped(process.env);
    }
  });

program
  .command('migrate')
  .description('Bring the database up to this program. Two at once do not race.')
  .action(async () => {
    const { migrateCommand } = await import('./migrate.js');
    process.exitCode = await migrateCommand();
  });

program
  .command('doctor')
  .description('Look at everything that can be wrong with an installation, and say what to do. Changes nothing.')
  .action(async () => {
    const { doctorCommand } = await import('./doctor/doctor.js');
    process.exitCode = await doctorCommand(process.env);
  });

program
  .command('import')
  .description(
    'Store a WordPress export, an RSS, Atom or JSON feed, or Dateline NDJSON. Running it again changes nothing; after a kill it goes on.',
  )
  .argument(
    '<file>',
    'a file, gzip or not, a web address, or - for standard input; its format is told from its content',
  )
  .option('--receipt <file>', 'keep what became of each item, as NDJSON')
  .option('--pages', 'import WordPress pages as articles too')
  .option('--section <slug>', 'the section for the items of a feed')
  .option('--partner <slug>', 'the partner that the items of a feed come from')
  .option('--draft', 'keep the items of a feed as drafts')
  .action(async (file: string, options: ImportCommand) => {
    const { importCommand } = await import('./import.js');
    process.exitCode = await importCommand(file, options);
  });

program
  .command('export')
  .description('Write everything as Dateline NDJSON, in an order that depends on nothing but the content.')
  .argument('[file]', 'where to; standard output when absent or -')
  .action(async (file: string | undefined) => {
    const { exportCommand } = await import('./export.js');
    process.exitCode = await exportCommand(file);
  });

program
  .command('backup')
  .description('Write the embedded database to a file as it stands at one moment, also while the service runs.')
  .argument('<file>', 'where to; one of that name is replaced when the new one is whole')
  .action(async (file: string) => {
    const { backupCommand } = await import('./backup.js');
    process.exitCode = await backupCommand(process.env, file);
  });

program
  .command('restore')
  .description('Put a backup into the data folder, while no service runs on it.')
  .argument('<file>', 'what `backup` wrote')
  .option('--replace', 'set aside the data that are there, instead of refusing')
  .action(async (file: string, options: RestoreCommand) => {
    const { restoreCommand } = await import('./backup.js');
    process.exitCode = await restoreCommand(process.env, file, options);
  });

const token = program.command('token').description('Give out and end the tokens that the newsroom signs in with.');

token
  .command('create')
  .description('Print a new token, this once. Its user is made when nobody of that name has that role.')
  .addOption(new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory())
  .requiredOption('--name <name>', 'whose it is: a person, or a program', nameFrom)
  .option('--expires <time>', 'how long it is good: 12h, 30d, 8w, 1y; for ever when absent', lifeFrom)
  .action(async (options: TokenCreateCommand) => {
    const { tokenCreateCommand } = await import('./token.js');
    process.exitCode = await tokenCreateCommand(options);
  });

token
  .command('list')
  .description('List the tokens by their first characters: whose, how they stand, when last used.')
  .action(async () => {
    const { tokenListCommand } = await import('./token.js');
    process.exitCode = await tokenListCommand();
  });

token
  .command('revoke')
  .description('End a token. The next request with it is refused, by a running service too.')
  .argument('<prefix>', 'its first characters, as the list shows them')
  .action(async (prefix: string) => {
    const { tokenRevokeCommand } = await import('./token.js');
    process.exitCode = await tokenRevokeCommand(prefix);
  });

const key = program.command('key').description('Give out and end the keys that partners read with.');

key
  .command('create')
  .description('Print a new key, this once. What it may read is the entitlement of its partner: see setEntitlement.')
  .requiredOption('--partner <slug>', 'whose it is')
  .option('--name <name>', 'what it is for', nameFrom, 'command line')
  .option('--expires <time>', 'how long it is good: 12h, 30d, 8w, 1y; for ever when absent', lifeFrom)
  .action(async (options: KeyCreateCommand) => {
    const { keyCreateCommand } = await import('./key.js');
    process.exitCode = await keyCreateCommand(options);
  });

key
  .command('list')
  .description('List the keys by their first characters: whose, how they stand, when last used.')
  .action(async () => {
    const { keyListCommand } = await import('./key.js');
    process.exitCode = await keyListCommand();
  });

key
  .command('revoke')
  .description('End a key. The next request with it is refused, by a running service too.')
  .argument('<prefix>', 'its first characters, as the list shows them')
  .action(async (prefix: string) => {
    const { keyRevokeCommand } = await import('./key.js');
    process.exitCode = await keyRevokeCommand(prefix);
  });

const bench = program.command('bench').description('Measure this build on this machine.');
bench
  .command('import')
  .description('Import an archive made for the purpose into an empty database: articles a second, peak memory.')
  .option('--articles <count>', 'how many', '10000')
  .option('--body <characters>', 'length of each body, about', '3000')
  .option('--json <file>', 'write the figures as JSON too')
  .action(async (options: BenchImport) => {
    const { benchImport } = await import('./bench/import.js');
    process.exitCode = await benchImport(options);
  });
bench
  .command('read')
  .description(
    'Read a paper made for the purpose: with nothing kept, with answers kept, and while pieces are published.',
  )
  .option('--articles <count>', 'how many', '10000')
  .option('--body <characters>', 'length of each body, about', '3000')
  .option('--requests <count>', 'how many of each operation', '1000')
  .option('--at-once <count>', 'how many at the same time', '8')
  .option('--json <file>', 'write the figures as JSON too')
  .action(async (options: BenchRead) => {
    const { benchRead } = await import('./bench/read.js');
    process.exitCode = await benchRead(options);
  });
bench
  .command('scale')
  .description('Read archives of several sizes, nothing kept: how long answers take, and how many rows they read.')
  .option('--sizes <counts>', 'how many articles each', '1000,10000,100000')
  .option('--body <characters>', 'length of each body, about', '3000')
  .option('--requests <count>', 'how many of each operation', '300')
  .option('--json <file>', 'write the figures as JSON too')
  .action(async (options: BenchScale) => {
    const { benchScale } = await import('./bench/scale.js');
    process.exitCode = await benchScale(options);
  });
bench
  .command('search')
  .description('Search an archive made for the purpose, for common words and rare ones: how long answers take.')
  .option('--articles <count>', 'how many', '100000')
  .option('--body <characters>', 'length of each body, about', '3000')
  .option('--requests <count>', 'how many of each kind', '100')
  .option('--here', 'search what is in the database already, made by `bench` or not, instead')
  .option('--json <file>', 'write the figures as JSON too')
  .action(async (options: BenchSearch) => {
    const { benchSearch } = await import('./bench/search.js');
    process.exitCode = await benchSearch(options);
  });

await sayingWhy(async () => {
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
});

#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { BadEnvironment } from '../config.js';
import { DatabaseUnusable } from '../database/database.js';
import { CannotListen } from '../http/server.js';
import { UnknownFormat } from '../importing/format.js';
import { UnreadableSource } from '../importing/source.js';
import { type BenchImport, benchImport } from './bench/import.js';
import { exportCommand } from './export.js';
import { importCommand, type ImportCommand } from './import.js';
import { migrateCommand } from './migrate.js';
import { serveUntilStopped } from './serve.js';
import {
  lifeFrom,
  nameFrom,
  roles,
  type TokenCreateCommand,
  TokenCommandRefused,
  tokenCreateCommand,
  tokenListCommand,
  tokenRevokeCommand,
} from './token.js';

/** What is refused with a reason for people; everything else is a fault and shows where it came from. */
const refusals = [BadEnvironment, DatabaseUnusable, CannotListen, UnknownFormat, UnreadableSource, TokenCommandRefused];

const program = new Command('dateline')
  .description('A GraphQL content service for news publishers. Configuration is in the environment; see README.md.')
  .exitOverride()
  .showHelpAfterError();

program
  .command('serve')
  .description('Serve the graph, the desk and the feeds until stopped.')
  .action(async () => {
    await serveUntilStopped(process.env);
  });

program
  .command('migrate')
  .description('Bring the database up to this program. Two at once do not race.')
  .action(async () => {
    process.exitCode = await migrateCommand();
  });

program
  .command('import')
  .description(
    'Store a WordPress export or Dateline NDJSON. Running it again changes nothing; after a kill it goes on.',
  )
  .argument('<file>', 'a file, gzip or not, or - for standard input; its format is told from its content')
  .option('--receipt <file>', 'keep what became of each item, as NDJSON')
  .option('--pages', 'import WordPress pages as articles too')
  .action(async (file: string, options: ImportCommand) => {
    process.exitCode = await importCommand(file, options);
  });

program
  .command('export')
  .description('Write everything as Dateline NDJSON, in an order that depends on nothing but the content.')
  .argument('[file]', 'where to; standard output when absent or -')
  .action(async (file: string | undefined) => {
    process.exitCode = await exportCommand(file);
  });

const token = program.command('token').description('Give out and end the tokens that the newsroom signs in with.');

token
  .command('create')
  .description('Print a new token, this once. Its user is made when nobody of that name has that role.')
  .addOption(new Option('--role <role>', 'what they may do').choices(roles).makeOptionMandatory())
  .requiredOption('--name <name>', 'whose it is: a person, or a program', nameFrom)
  .option('--expires <time>', 'how long it is good: 12h, 30d, 8w, 1y; for ever when absent', lifeFrom)
  .action(async (options: TokenCreateCommand) => {
    process.exitCode = await tokenCreateCommand(options);
  });

token
  .command('list')
  .description('List the tokens by their first characters: whose, how they stand, when last used.')
  .action(async () => {
    process.exitCode = await tokenListCommand();
  });

token
  .command('revoke')
  .description('End a token. The next request with it is refused, by a running service too.')
  .argument('<prefix>', 'its first characters, as the list shows them')
  .action(async (prefix: string) => {
    process.exitCode = await tokenRevokeCommand(prefix);
  });

const bench = program.command('bench').description('Measure this build on this machine.');
bench
  .command('import')
  .description('Import an archive made for the purpose into an empty database: articles a second, peak memory.')
  .option('--articles <count>', 'how many', '10000')
  .option('--body <characters>', 'length of each body, about', '3000')
  .option('--json <file>', 'write the figures as JSON too')
  .action(async (options: BenchImport) => {
    process.exitCode = await benchImport(options);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Error && refusals.some((refusal) => error instanceof refusal)) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else throw error;
}

import './cli/production.js';
import { BadEnvironment } from './config.js';
import { serveUntilStopped } from './cli/serve.js';
import { DatabaseUnusable } from './database/database.js';
import { CannotListen } from './http/server.js';

try {
  await serveUntilStopped(process.env);
} catch (error) {
  const isForPeople =
    error instanceof BadEnvironment || error instanceof DatabaseUnusable || error instanceof CannotListen;
  if (!isForPeople) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

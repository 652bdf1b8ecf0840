import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Prisma's client, generated from `prisma/schema.prisma` without fetching an engine. */
export const databaseClient = {
  name: 'database client',
  inputs: [
    'scripts/build/database-client.mjs',
    'prisma/schema.prisma',
    'prisma.config.ts',
    'node_modules/prisma/package.json',
    'node_modules/@prisma/client/package.json',
  ],
  outputs: ['src/generated/prisma/client.ts'],
  async run(root) {
    const { code, said } = await prisma(root, ['generate', '--no-hints']);
    if (code !== 0) throw new Error(said);
    return 'generated from prisma/schema.prisma';
  },
};

function prisma(root, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules/prisma/build/index.js'), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        // `generate` starts no schema engine; naming any file here keeps Prisma from downloading one.
        PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    });
    const said = [];
    child.stdout.on('data', (chunk) => said.push(chunk));
    child.stderr.on('data', (chunk) => said.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said: Buffer.concat(said).toString() }));
  });
}

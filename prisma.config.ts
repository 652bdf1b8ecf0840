import { defineConfig } from 'prisma/config';

// Before every command the Prisma CLI downloads a native schema engine. `generate`, `format` and `validate` never run it:
// naming a program that exists keeps them offline. Migrations are applied by src/database, through Prisma's engine in WASM.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});

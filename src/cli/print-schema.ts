import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { printSchema } from 'graphql';
import { makeGraph } from '../content/graph.js';

const file = fileURLToPath(new URL('../../schema/schema.graphql', import.meta.url));
await writeFile(file, `${printSchema(makeGraph())}\n`);

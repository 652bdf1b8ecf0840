import { readFileSync } from 'node:fs';

/** A document that the service ships for its clients. */
export const operation = (name: string): string =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8');

import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));

/** The packages that Dateline is served with: what the lockfile has for development alone, or as a peer, is none of them. */
export const served = Object.entries(packages)
  .filter(([path, { dev, devOptional, peer, link }]) => path !== '' && !dev && !devOptional && !peer && !link)
  .map(([path, { version, license, name, optional = false }]) => ({
    name: name ?? path.split('node_modules/').at(-1),
    version,
    licence: license ?? 'not stated',
    optional,
  }));

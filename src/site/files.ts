import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { answerWith } from '../http/conditional.js';
import { Content } from '../http/content.js';
import { plain, type Route } from '../http/route.js';
import type { Files } from './parts/document.js';

const folder = new URL('../../site/', import.meta.url);

const mediaTypes = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' } as const;

/** What pages load, each under a name that changes with its content. */
export function siteFiles(): { files: Files; route: Route } {
  const known = new Map<string, { content: Content; mediaType: string }>();
  const named = (name: string, extension: keyof typeof mediaTypes): string => {
    const body = readFileSync(new URL(`${name}.${extension}`, folder), 'utf8');
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 10);
    const file = `${name}-${hash}.${extension}`;
    known.set(file, { content: new Content(body), mediaType: mediaTypes[extension] });
    return file;
  };
  const files = { style: named('paper', 'css'), script: named('reader', 'js') };
  const route: Route = {
    method: 'GET',
    path: /^\/site\/(?<file>[\w.-]+)$/,
    async handle(request, asked, { file = '' }) {
      const found = known.get(file);
      if (!found) return plain(404, 'There is no such file. Load the page again for the current names.\n');
      const response = await answerWith(request, { ...found, lastModified: null, changesAt: null }, asked.clock());
      response.headers.set('cache-control', 'public, max-age=31536000, immutable');
      return response;
    },
  };
  return { files, route };
}

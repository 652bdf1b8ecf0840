import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export interface DeskOptions {
  /** What the build made of the desk: files named by their content, and `manifest.json`. */
  folder: string;
  siteName: string;
  /** The language of the site, and so of its name; the desk itself speaks English. */
  language: string;
}

const Manifest = z.object({
  script: z.string(),
  style: z.string(),
  /** Modules the first screen cannot do without. */
  preload: z.array(z.string()),
  files: z.record(z.string(), z.object({ type: z.string(), encodings: z.array(z.enum(['br', 'gzip'])) })),
});
type Manifest = z.infer<typeof Manifest>;

const PAGE = '/graphql';
const ASSETS = '/graphql/assets/';
const suffixOf = { br: '.br', gzip: '.gz' } as const;
const machineTypes = ['application/graphql-response+json', 'application/json', 'multipart/mixed', 'text/event-stream'];

/** Serves GraphiQL to browsers, every file of it from `folder`; answers null to a request that is not for it. */
export function deskPage(options: DeskOptions): { handle(request: Request): Promise<Response | null> } {
  let manifest: Promise<Manifest | null> | undefined;
  // Read once: a service goes on with the names it has read until it is started again.
  const built = () => (manifest ??= readManifest(options.folder));

  return {
    async handle(request) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname.startsWith(ASSETS)) {
        return asset(request, pathname.slice(ASSETS.length), options.folder, await built());
      }
      if (pathname === PAGE && wantsPage(request, searchParams)) return page(request, options, await built());
      return null;
    },
  };
}

/** A browser asks for `text/html` by name; a link to a persisted document is for the graph whoever follows it. */
function wantsPage({ method, headers }: Request, search: URLSearchParams): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (search.has('documentId') || search.has('extensions')) return false;
  const accept = headers.get('accept') ?? '';
  const html = weightOf(accept, 'text/html');
  return html > 0 && machineTypes.every((type) => weightOf(accept, type) <= html);
}

function page(request: Request, options: DeskOptions, manifest: Manifest | null): Response {
  if (!manifest) return refusal(503, 'The desk has not been built. Run "npm run build" and start the service again.');
  const nonce = randomBytes(16).toString('base64');
  return new Response(request.method === 'HEAD' ? null : renderPage(options, manifest, nonce), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy(nonce),
      'cache-control': 'no-store',
      vary: 'Accept',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    },
  });
}

/**
 * Scripts, workers and questions go to this origin only, and nothing may frame a page that staff paste tokens into.
 * Monaco lays out each line by markup with `style` attributes, hence `style-src-attr`; style *elements* need the nonce.
 */
function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "connect-src 'self'",
    "worker-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

// Names are relative to the page, so that they hold behind a proxy that puts a prefix before every path.
function renderPage({ siteName, language }: DeskOptions, { script, style, preload }: Manifest, nonce: string): string {
  const name = escapeMarkup(siteName);
  const modules = preload.map((file) => `<link rel="modulepreload" href="graphql/assets/${file}">`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name}: desk</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" nonce="${nonce}" href="graphql/assets/${style}">
${modules.join('\n')}
<script type="module" src="graphql/assets/${script}"></script>
</head>
<body>
<header class="desk-header">
<h1><span lang="${escapeMarkup(language)}">${name}</span> <span>desk</span></h1>
<div id="desk-viewer"></div>
</header>
<main id="desk"></main>
<noscript>This page is a tool written in JavaScript. Without it, send GraphQL to this address by POST.</noscript>
</body>
</html>
`;
}

async function asset(request: Request, name: string, folder: string, manifest: Manifest | null): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return refusal(405, 'Files of the desk can only be read, by GET or HEAD.', { allow: 'GET, HEAD' });
  }
  // Only a name that the build listed ever becomes part of a path.
  const file = manifest && Object.hasOwn(manifest.files, name) ? manifest.files[name] : undefined;
  if (!file) return refusal(404, 'The desk has no file of this name. Load its page again for the current names.');
  const accepted = request.headers.get('accept-encoding') ?? '';
  const encoding = file.encodings.find((each) => weightOf(accepted, each) > 0);
  const content = await readFile(join(folder, encoding ? name + suffixOf[encoding] : name));
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(content), {
    headers: {
      'content-type': file.type,
      'content-length': String(content.length),
      ...(encoding ? { 'content-encoding': encoding } : {}),
      ...(file.encodings.length > 0 ? { vary: 'Accept-Encoding' } : {}),
      'cache-control': 'public, max-age=31536000, immutable',
      // A worker is under the policy it was sent with, not under its page's.
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    },
  });
}

function refusal(status: number, message: string, headers: Record<string, string> = {}): Response {
  return new Response(`${message}\n`, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}

/** Null when there is no desk; a manifest that is there and wrong is a fault. */
async function readManifest(folder: string): Promise<Manifest | null> {
  let text: string;
  try {
    text = await readFile(join(folder, 'manifest.json'), 'utf8');
  } catch {
    return null;
  }
  return Manifest.parse(JSON.parse(text));
}

/** The weight a field such as `Accept` gives to what it names (RFC 9110 section 12.4.2); 0 for what it does not name. */
function weightOf(field: string, wanted: string): number {
  for (const item of field.split(',')) {
    const [name, ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    if (name !== wanted) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return weight === undefined ? 1 : Number(weight) || 0;
  }
  return 0;
}

function escapeMarkup(text: string): string {
  const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

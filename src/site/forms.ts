import { plain } from '../http/route.js';

/** Room for the longest comment there is, with every character of it percent-encoded. */
const longestForm = 100_000;

/**
 * Whether a page of another site sent the form, as browsers tell (Fetch Metadata; Fetch section 3.2, `Origin`). What is no
 * browser tells nothing, and has nobody's address but its own.
 */
function isForeign({ headers }: Request, ownOrigin: string): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const origin = headers.get('origin');
  if (origin === null || origin === ownOrigin) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.get('host');
}

/** What the fields of a form hold that a page of ours sent; the answer to give where it cannot be read, or is another's. */
export async function fieldsOf(request: Request, ownOrigin: string): Promise<URLSearchParams | Response> {
  if (isForeign(request, ownOrigin))
    return plain(403, 'This form was sent from another site. Write on the page itself.\n');
  const type = request.headers.get('content-type')?.toLowerCase() ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) {
    return plain(415, 'Send the form as a browser does, as application/x-www-form-urlencoded.\n');
  }
  const reader = request.body?.getReader();
  const bytes: Uint8Array[] = [];
  let length = 0;
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    length += read.value.length;
    if (length > longestForm) return plain(413, 'This is more than a comment may be long.\n');
    bytes.push(read.value);
  }
  return new URLSearchParams(Buffer.concat(bytes).toString('utf8'));
}

/** So many bytes of a request are read at most. */
export const mostBytes = 1_000_000;

/** What a request brings is larger than what is read. RFC 9110 section 15.5.14. */
export class TooMuchSent extends Error {
  override name = 'TooMuchSent';

  constructor(readonly sent: number | 'more') {
    super(`The limit of a request’s body is ${mostBytes} bytes, and this has ${sent}. Send less, or in parts.`);
  }
}

/** `request` with a body that is known to be small. Throws {@link TooMuchSent}. */
export async function bounded(request: Request): Promise<Request> {
  if (request.body === null) return request;
  const length = request.headers.get('content-length');
  if (length !== null) {
    if (Number(length) > mostBytes) throw new TooMuchSent(Number(length));
    return request;
  }
  // A body that does not say how long it is is counted while it comes.
  const pieces: Uint8Array[] = [];
  let sent = 0;
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    sent += read.value.length;
    // Not cancelled: the connection would be cut before its client has read why.
    if (sent > mostBytes) throw new TooMuchSent('more');
    pieces.push(read.value);
  }
  const { url, method, headers } = request;
  return new Request(url, { method, headers: Object.fromEntries(headers), body: Buffer.concat(pieces) });
}

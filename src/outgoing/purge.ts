import { type Outgoing, NoAnswer } from './ask.js';

/** Where a CDN, or a proxy in front, is told what to forget. */
export interface PurgeTarget {
  readonly url: URL;
  /** What proves that we may, such as `Fastly-Key`. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * One POST that says the names twice: in the header `Surrogate-Key`, parted by spaces, as Fastly and Varnish's xkey read them,
 * and in the body as `{"tags": […]}`, as Cloudflare does. Throws {@link NoAnswer} unless the answer is a 2xx.
 */
export async function purge({ ask }: Pick<Outgoing, 'ask'>, { url, headers }: PurgeTarget, names: readonly string[]) {
  const answer = await ask(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'surrogate-key': names.join(' ') },
    body: JSON.stringify({ tags: names }),
  });
  await answer.letGo();
  if (answer.status < 200 || answer.status > 299) throw new NoAnswer(`${url.origin} answered with ${answer.status}`);
}

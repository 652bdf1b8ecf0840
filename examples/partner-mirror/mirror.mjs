// Keeps a folder of JSON files equal to what a partner's key may read: one file a piece, and the place in the log.
//   DATELINE_URL=https://news.example DATELINE_KEY=dlk_… node mirror.mjs folder     once, for cron
//   … WEBHOOK_SECRET=whsec_… PORT=8080 node mirror.mjs folder                       stays, and pulls when its webhook is told
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';

const { DATELINE_URL: url, DATELINE_KEY: key, WEBHOOK_SECRET: secret, PORT: port = '8080' } = process.env;
const folder = process.argv[2] ?? 'mirror';
const query = `query ($since: String) { changes(since: $since) { pageInfo { hasNextPage } nodes { cursor articleId
  article { id url headline standfirst byline publishedAt updatedAt section { name } tags { name }
    leadImage { url alt credit } source { attribution license } body { html } } } } }`;

const keep = (file, words) => writeFile(`${file}.new`, words).then(() => rename(`${file}.new`, file));

/** Reads the log to its end. Killed anywhere, it goes on where it was: a file is whole or not there, and the place comes last. */
async function pull() {
  let since = await readFile(`${folder}/place.txt`, 'utf8').catch(() => null);
  for (let isMore = true; isMore;) {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const body = JSON.stringify({ query, variables: { since } });
    const post = { method: 'POST', headers, body, signal: AbortSignal.timeout(30_000) };
    const { data, errors } = await (await fetch(`${url}/graphql`, post)).json();
    if (errors) throw new Error(errors[0].message);
    for (const { cursor, articleId, article } of data.changes.nodes) {
      const file = `${folder}/${articleId}.json`;
      await (article ? keep(file, JSON.stringify(article, null, 2)) : rm(file, { force: true }));
      since = cursor;
    }
    if (since) await keep(`${folder}/place.txt`, since);
    isMore = data.changes.pageInfo.hasNextPage;
  }
}

await mkdir(folder, { recursive: true });
await pull();
if (!secret) process.exit();

let isTold = false;
const server = createServer(async (request, response) => {
  const verified = async () => new Webhook(secret).verify(await text(request), request.headers);
  const isOurs = request.headers['content-length'] < 1e6 && (await verified().catch(() => false));
  isTold ||= Boolean(isOurs);
  response.writeHead(isOurs ? 204 : 401).end();
}).listen(port, () => console.log(`Told at port ${server.address().port}.`));

// Each minute besides: what it was not told of is in the log all the same.
for (let seconds = 1; ; seconds += 1) {
  await setTimeout(1000);
  if (!isTold && seconds % 60 > 0) continue;
  isTold = false;
  await pull().catch(console.error);
}

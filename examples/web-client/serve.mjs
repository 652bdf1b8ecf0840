// Serves the client, and hands what it asks on to Dateline, so that both have one origin: `PAPER=http://127.0.0.1:4000 node serve.mjs`.
import { readFile } from 'node:fs/promises';
import { createServer, request as send } from 'node:http';

const paper = process.env.PAPER ?? 'http://127.0.0.1:4000';
const files = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/main.js': { name: 'dist/main.js', type: 'text/javascript; charset=utf-8' },
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, paper);
  const file = files[pathname];
  if (file) {
    response.writeHead(200, { 'content-type': file.type }).end(await readFile(new URL(file.name, import.meta.url)));
  } else if (pathname === '/graphql') {
    const { method, headers } = request;
    const onward = send(new URL(request.url, paper), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  } else response.writeHead(404).end();
});
server.listen(Number(process.env.PORT ?? 4100), '127.0.0.1', () =>
  console.log(`The client is at http://127.0.0.1:${server.address().port}`),
);

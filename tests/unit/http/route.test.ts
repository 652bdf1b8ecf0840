import { type Asked, plain, type Route, routing } from '../../../src/http/route.js';

const services = {} as Asked;
const said: Route['handle'] = (_request, _services, parameters) => plain(200, JSON.stringify(parameters));
const route = routing([
  { method: 'GET', path: '/a/exact', handle: () => plain(200, 'exact') },
  { method: 'GET', path: /^\/a\/(?<slug>[^/]+)$/, handle: said },
  { method: 'POST', path: /^\/a\/(?<slug>[^/]+)$/, handle: () => plain(200, 'posted') },
]);
const ask = async (path: string, method = 'GET') => {
  const answer = await route(new Request(`https://news.example${path}`, { method }), services);
  return answer && [answer.status, await answer.text()];
};

it.each([
  ['/a/exact', [200, 'exact']],
  ['/a/b', [200, '{"slug":"b"}']],
  ['/a/%D0%B2%20c', [200, '{"slug":"в c"}']],
  ['/a/b?c=d', [200, '{"slug":"b"}']],
  ['/a/b/', null],
  ['/x/a/b', null],
  ['/a/%00', null],
  ['/a/%ff', null],
])('%s leads to %j', async (path, answer) => {
  expect(await ask(path)).toEqual(answer);
});

it('a pattern answers each of its methods, and names them to others', async () => {
  expect(await ask('/a/b', 'POST')).toEqual([200, 'posted']);
  expect(await ask('/a/b', 'DELETE')).toEqual([405, 'This address answers GET, HEAD, POST.\n']);
});

it('HEAD is answered as GET, without the body', async () => {
  expect(await ask('/a/b', 'HEAD')).toEqual([200, '']);
});

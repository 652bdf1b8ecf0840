import { answeredWithin } from '../database/presence.js';
import { plain, type Route } from './route.js';

/** Who looks has an answer within two seconds. */
const patienceMs = 1500;

/** Alive: the process answers. Touches nothing else, so that a database that is away does not get the process restarted. */
export const healthz: Route = {
  method: 'GET',
  path: '/healthz',
  handle: () => plain(200, 'alive\n', { 'cache-control': 'no-store' }),
};

/**
 * Ready: the database answers, every migration is applied, no newer program has taken away what this one needs, and nobody has
 * told the service to stop. `figures` are told besides, for whoever watches: they keep no request away. With `?exclude=database`
 * it is only the last of these, which takes no time: for a proxy that asks often, and may not believe all instances gone at once.
 */
export const readyz = (figures: () => Promise<Record<string, number>>, isStopping: () => boolean): Route => ({
  method: 'GET',
  path: '/readyz',
  async handle(request, { db, log }) {
    if (isStopping()) return json(503, { ready: false, reason: 'the service is stopping' });
    if (new URL(request.url).searchParams.get('exclude') === 'database') return json(200, { ready: true });
    try {
      const [standing, told] = await answeredWithin(patienceMs, Promise.all([db.standing(), figures()]));
      const isFit = standing.state === 'current' || standing.state === 'expanded';
      if (isFit) return json(200, { ready: true, ...told });
      return json(503, { ready: false, reason: `the database is ${standing.state} of this program`, ...standing });
    } catch (error) {
      log.warn({ err: error }, 'not ready');
      return json(503, { ready: false, reason: 'the database does not answer' });
    }
  },
});

const json = (status: number, value: object): Response =>
  Response.json(value, { status, headers: { 'cache-control': 'no-store' } });

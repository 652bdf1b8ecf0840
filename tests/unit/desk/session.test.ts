import { openSession, type TokenStore } from '../../../desk/session.js';

function emptyStorage(): TokenStore {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

it('keeps one token until it is forgotten', () => {
  const session = openSession(emptyStorage());
  expect(session.token()).toBeNull();
  session.keep('dlt_1');
  expect(session.token()).toBe('dlt_1');
  session.forget();
  expect(session.token()).toBeNull();
});

it('forgets a refused token and says so', () => {
  const session = openSession(emptyStorage());
  let told = 0;
  const stop = session.onRefused(() => told++);
  session.keep('dlt_1');
  session.refuse('dlt_1');
  expect([session.token(), told]).toEqual([null, 1]);
  stop();
  session.keep('dlt_2');
  session.refuse('dlt_2');
  expect(told).toBe(1);
});

it('keeps the new token when the refusal of an old one arrives late', () => {
  const session = openSession(emptyStorage());
  let told = 0;
  session.onRefused(() => told++);
  session.keep('dlt_new');
  session.refuse('dlt_old');
  expect([session.token(), told]).toEqual(['dlt_new', 0]);
});

import { randomBytes } from 'node:crypto';

/** A request by its letters: what can be told before anything in it is understood. */
export const lettersOf = (method: string, address: string, accept: string | null, body: string): string =>
  `${method} ${address}\n${accept ?? ''}\n${body}`;

/** A page for readers, by where it stands and what is asked of it there. */
export const lettersOfPage = (pathname: string, search: string): string => `page ${pathname}?${search}`;

const saneRequestId = /^[\w.:-]{1,64}$/;

const idLetters = 32;
const idsAtOnce = 256;
let bag = '';
let drawn = 0;

/** 128 random bits, of many drawn at once: made one by one, an id takes more than half as long as finding a kept answer. */
function freshId(): string {
  if (drawn === bag.length) [bag, drawn] = [randomBytes((idsAtOnce * idLetters) / 2).toString('hex'), 0];
  drawn += idLetters;
  return bag.slice(drawn - idLetters, drawn);
}

/** The number under which a request stands in the log: the client's own where it is one. */
export const requestIdFrom = (given: string | string[] | null | undefined): string =>
  typeof given === 'string' && saneRequestId.test(given) ? given : freshId();

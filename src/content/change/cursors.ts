import type { Context } from '../../graphql/context.js';
import { cursorFrom, partsOfCursor } from '../../graphql/connection.js';
import { badCursor } from '../../graphql/errors.js';
import { newestOfPartner, settle } from './partner-log.js';
import { newestPlace } from './read.js';
import type { LogPlace } from './rules.js';

const list = 'changes';

/** The digits that a cursor of the log `of` is made from. Throws BAD_CURSOR for any other text. */
function placeIn(of: readonly string[], cursor: string, digits: number): string[] {
  const parts = partsOfCursor(cursor);
  const place = parts.slice(of.length);
  const isCount = (part: unknown): part is string => typeof part === 'string' && /^(0|[1-9]\d{0,17})$/.test(part);
  if (of.some((part, index) => part !== parts[index]) || place.length !== digits || !place.every(isCount))
    throw badCursor();
  return place;
}

/** A place in the log of all as clients hold it. */
export const cursorAt = ({ xid, id }: LogPlace): string => cursorFrom([list, xid, id]);

/** The place that a cursor of the log of all names. Throws BAD_CURSOR. */
export function placeAt(cursor: string): LogPlace {
  const [xid = '', id = ''] = placeIn([list], cursor, 2);
  return { xid, id };
}

/** The same for a partner's own log, whose places are numbers. */
export const partnersCursorAt = (partnerId: string, id: string): string => cursorFrom([list, partnerId, id]);

export const partnersPlaceAt = (partnerId: string, cursor: string): string =>
  placeIn([list, partnerId], cursor, 1)[0] ?? '0';

/** Where the viewer’s log ends by now, for who wants to be told of what follows. */
export async function endOfLog({ db, viewer, now }: Pick<Context, 'db' | 'viewer' | 'now'>): Promise<string> {
  if (viewer.role !== 'partner') return cursorAt(await newestPlace(db));
  while (!(await settle(db, viewer, now, 10)));
  return partnersCursorAt(viewer.partnerId, await newestOfPartner(db, viewer.partnerId));
}

import type { ChangeKind } from '../../generated/prisma/enums.js';

/** A place in the log: a transaction, and a row of it. Digits, since both outgrow a number. */
export interface LogPlace {
  readonly xid: string;
  readonly id: string;
}

export const isAfter = (one: LogPlace, other: LogPlace): boolean =>
  one.xid === other.xid ? BigInt(one.id) > BigInt(other.id) : BigInt(one.xid) > BigInt(other.xid);

/** What a partner was last told of a piece: that it is there, that it is gone, or nothing yet. */
export type Holding = 'held' | 'let go' | 'unknown';

/**
 * What a partner is told when the log of all tells `kind` of a piece that it can or cannot see now; null for nothing. Later
 * entries of that log come later: a piece that is back by now is let go first, and told of as published then.
 */
export function toldOf(kind: ChangeKind, holding: Holding, isVisible: boolean): ChangeKind | null {
  const isGone = kind === 'WITHDRAWN' || kind === 'RETRACTED';
  if (holding !== 'held') {
    if (!isGone) return isVisible ? 'PUBLISHED' : null;
    // It has let go already, and must hear that this is for good.
    return kind === 'RETRACTED' && holding === 'let go' ? kind : null;
  }
  if (isGone) return kind;
  if (!isVisible) return 'WITHDRAWN';
  // That it is there was told when its time had come.
  return kind === 'PUBLISHED' ? null : kind;
}

export const holdingAfter = (told: ChangeKind): Holding =>
  told === 'WITHDRAWN' || told === 'RETRACTED' ? 'let go' : 'held';

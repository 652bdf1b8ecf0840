import type { GraphQLResolveInfo } from 'graphql';
import type { PlannedValue } from './plan.js';

type Path = GraphQLResolveInfo['path'];

/** An object or list of the answer, and where in it that stands. */
export interface Place {
  readonly parent: Place | null;
  /** The same object or list in the part before, where a part of the answer begins: that has no parent. */
  readonly around: Place | null;
  readonly key: string | number;
  /** The object or list itself. */
  readonly made: Record<string | number, unknown>;
  /** Null where a part begins. */
  readonly planned: PlannedValue | null;
  /** The name of the type of an object; undefined for a list. */
  readonly typename: string | undefined;
  /** Null stands in its stead: nothing more is made of it. */
  isGone: boolean;
}

/** Where a part of the answer begins: the whole, or what is added to `around`. */
export const rootOf = (around: Place | null, typename: string | undefined): Place => ({
  parent: null,
  around,
  key: '',
  made: {},
  planned: null,
  typename,
  isGone: false,
});

/** Whether null stands in place of something around it. */
export function isWithinNull(place: Place | null): boolean {
  for (let at = place; at; at = at.parent ?? at.around) if (at.isGone) return true;
  return false;
}

/** Puts null where the value `key` of `place` would stand, or in place of the nearest thing around it that may be null. */
export function putNull(planned: PlannedValue, place: Place, key: string | number): void {
  let [at, within, mayNotBe]: [Place, string | number, boolean] = [place, key, planned.isNonNull];
  while (mayNotBe) {
    at.isGone = true;
    if (!at.parent) return;
    [at, within, mayNotBe] = [at.parent, at.key, at.planned?.isNonNull ?? false];
  }
  at.made[within] = null;
}

export function keysOf(place: Place): (string | number)[] {
  const keys = [];
  for (let at: Place | null = place; at; at = at.parent ?? at.around) if (at.parent) keys.push(at.key);
  return keys.reverse();
}

export const keysTo = (place: Place, key: string | number): (string | number)[] => [...keysOf(place), key];

export function pathTo({ parent, around, key }: Place): Path | undefined {
  if (parent) return { prev: pathTo(parent), key, typename: parent.typename };
  return around ? pathTo(around) : undefined;
}

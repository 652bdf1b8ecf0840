import { Prisma } from '../generated/prisma/client.js';

/** A statement or a part of one, its values apart from its text; parts nest. */
export type Sql = Prisma.Sql;

export const sql = Prisma.sql;
export const nothing = Prisma.empty;
export const join = Prisma.join;

/** Names a table, alias or column that the program itself chose: never a client's words. */
export const name = (identifier: string): Sql => Prisma.raw(identifier);

/** All of `conditions`, or `true` when there are none. */
export const every = (conditions: Sql[]): Sql =>
  conditions.length === 0 ? sql`true` : Prisma.join(conditions, ' and ');

/**
 * When PostgreSQL chooses how a prepared statement is run. It keeps one plan when knowing the values promises no better one, and
 * for a short list that choice costs as much as the reading. `ONCE` is for lists whose one good plan is an index in order: what
 * would tell the planner more is in the text, or kept from it. Of a list that is filtered it must know the values to choose well.
 */
export type Planning = 'ONCE' | 'EACH_TIME';

/** `value` where it is not known when the statement is planned, even with the values at hand. */
export const unforeseen = (value: Sql): Sql => sql`(select ${value})`;

/** Text that no database can keep: PostgreSQL has no U+0000. Raised before the statement is sent. */
export class UnstorableText extends Error {
  constructor() {
    super('Text must not contain the character U+0000.');
    this.name = 'UnstorableText';
  }
}

/** JSON writes the character as an escape, which `jsonb` refuses as well; a backslash that is itself escaped is none. */
const hasEscapedNul = (text: string): boolean => text.includes('\\u0000') && /(?<!\\)(?:\\\\)*\\u0000/.test(text);

export function refuseUnstorable(values: readonly unknown[]): void {
  for (const value of values) {
    if (typeof value === 'string') {
      if (value.includes('\0') || hasEscapedNul(value)) throw new UnstorableText();
    } else if (Array.isArray(value)) refuseUnstorable(value);
  }
}

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

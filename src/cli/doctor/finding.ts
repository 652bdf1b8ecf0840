import type { Config } from '../../config.js';
import type { Database } from '../../database/database.js';
import type { Sql } from '../../database/sql.js';

/** What a look at one thing found: nothing, or what is wrong and what to do. */
export interface Finding {
  /** A warning leaves the service as it should be, for now. */
  readonly level: 'problem' | 'warning';
  readonly what: string;
  readonly advice: string;
}

export interface Patient {
  readonly db: Database;
  readonly config: Config;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: Date;
}

const shown = 5;

export const problem = (what: string, advice: string): Finding => ({ level: 'problem', what, advice });
export const warning = (what: string, advice: string): Finding => ({ level: 'warning', what, advice });

/** Some of a list, and how many more there are. */
export const some = (items: readonly string[]): string =>
  items.slice(0, shown).join(', ') + (items.length > shown ? ` and ${items.length - shown} more` : '');

export async function namesFrom(db: Database, statement: Sql): Promise<string[]> {
  return (await db.rows<{ name: string }>(statement)).map(({ name }) => name);
}

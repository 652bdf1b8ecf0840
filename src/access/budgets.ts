import type { Logger } from 'pino';
import type { Database } from '../database/database.js';
import type { Client } from '../http/client.js';
import type { Readers } from './readers.js';
import { openShares, type Standing } from './shares.js';
import type { Viewer } from './viewer.js';

/** Somebody has had as much made in a minute as one may. */
export class BudgetSpent extends Error {
  override name = 'BudgetSpent';

  constructor(
    readonly standing: Standing,
    readonly cost: number,
  ) {
    const { quota, remaining, resetSeconds } = standing;
    super(
      `Operations may cost ${quota} a minute. This one costs ${cost}, and ${remaining} are left. ` +
        `There are ${quota} again in ${resetSeconds} seconds; what others asked before, and was kept, costs nothing.`,
    );
  }
}

export interface Spender {
  readonly viewer: Viewer;
  readonly client: Client;
  readonly now: Date;
}

/** What each viewer may have made a minute: users and partners’ keys wherever they are, others by their address. */
export interface Budgets {
  /** Takes `cost` off. Throws {@link BudgetSpent}. */
  spend(spender: Spender, cost: number): Promise<Standing>;
}

export interface BudgetsOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly readers: Readers;
  readonly perMinute: number;
}

export function openBudgets({ db, log, readers, perMinute }: BudgetsOptions): Budgets {
  const spend = openShares({ db, log }, { name: 'cost', seconds: 60, keyPrefix: 'cost', firstIsFree: true });

  async function idOf({ viewer, client, now }: Spender): Promise<string> {
    if (viewer.role === 'anyone') return (await readers.markOf(client, now)).network;
    return viewer.role === 'partner' ? (viewer.key?.id ?? viewer.partnerId) : viewer.userId;
  }

  return {
    async spend(spender, cost) {
      const standing = await spend(await idOf(spender), perMinute, cost);
      if ('isTooFew' in standing) throw new BudgetSpent(standing, cost);
      return standing;
    },
  };
}

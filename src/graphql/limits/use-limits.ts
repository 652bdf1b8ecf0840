import { type ExecutionArgs, GraphQLError } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';
import { type Budgets, BudgetSpent } from '../../access/budgets.js';
import { rateHeaders } from '../../access/metering.js';
import type { Standing } from '../../access/shares.js';
import type { Context } from '../context.js';
import { costOf } from './costs.js';
import { tooLarge } from './extent.js';

/** The header by which a client asks what an operation costs. */
export const costHeader = 'x-graphql-cost';

export interface LimitOptions {
  /** What one operation may cost. */
  mostCost: number;
  /** What each viewer may have made a minute; absent for as much as they like. */
  budgets?: Budgets | undefined;
}

interface Asked extends Context {
  request: Request;
  /** The service itself asks. */
  isOwn?: boolean;
}

/** What an answer says in `extensions.cost`. */
interface Charged {
  requested: number;
  most: number;
  budget?: { perMinute: number; remaining: number; resetSeconds: number };
}

const throttled = (refusal: BudgetSpent): GraphQLError => {
  const { quota, resetSeconds } = refusal.standing;
  return new GraphQLError(refusal.message, {
    extensions: {
      code: 'THROTTLED',
      limit: 'cost a minute',
      most: quota,
      sent: refusal.cost,
      retryAfter: resetSeconds,
      http: {
        status: 429,
        headers: {
          ...rateHeaders([refusal.standing]),
          'retry-after': String(resetSeconds),
          'cache-control': 'no-store',
        },
      },
    },
  });
};

/** Prices each operation before it is run, and refuses what costs more than an operation, or a viewer in a minute, may. */
export function useLimits({ mostCost, budgets }: LimitOptions): Plugin {
  async function charge(args: ExecutionArgs): Promise<Charged | GraphQLError | null> {
    const context = args.contextValue as Asked;
    let requested: number | null;
    try {
      requested = costOf(args);
    } catch (error) {
      if (error instanceof GraphQLError) return error;
      throw error;
    }
    if (requested === null) return null;
    if (requested > mostCost) return tooLarge('cost', mostCost, requested);
    if (!budgets || context.isOwn) return { requested, most: mostCost };
    try {
      return { requested, most: mostCost, budget: shownOf(await budgets.spend(context, requested)) };
    } catch (error) {
      if (error instanceof BudgetSpent) return throttled(error);
      throw error;
    }
  }

  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const charged = await charge(args);
      if (charged instanceof GraphQLError) {
        setResultAndStopExecution({ errors: [charged] });
        return;
      }
      if (!charged || !args.contextValue.request.headers.has(costHeader)) return;
      let isTold = false;
      return {
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) => {
            if (isTold) return;
            isTold = true;
            setResult({ ...result, extensions: { ...result.extensions, cost: charged } });
          }),
      };
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const charged = await charge(args);
      if (charged instanceof GraphQLError) setResultAndStopExecution({ errors: [charged] });
    },
  };
}

const shownOf = ({ quota, remaining, resetSeconds }: Standing) => ({ perMinute: quota, remaining, resetSeconds });

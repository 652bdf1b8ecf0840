/** The database cannot be asked now, and may be in a moment. What was being written may have been written or not. */
export class DatabaseAway extends Error {
  override name = 'DatabaseAway';

  constructor(message = 'the database does not answer', options?: ErrorOptions) {
    super(message, options);
  }
}

/** What whoever asks is told of it. */
export const databaseAwayWords =
  'The database cannot be reached now. Try again in some seconds; a change that was under way may have been made, ' +
  'so look before it is made again.';
export const databaseAwaySeconds = 2;

/** Whether the database answers, as found out by one for all: nobody else need wait to find it out again. */
export class Presence {
  private away = false;
  private readonly listeners: (() => void)[] = [];

  get isAway(): boolean {
    return this.away;
  }

  /** Calls `listener` each time it turns out that the database does not answer. */
  onAway(listener: () => void): void {
    this.listeners.push(listener);
  }

  isGone(): void {
    if (this.away) return;
    this.away = true;
    for (const listener of this.listeners) listener();
  }

  isBack(): void {
    this.away = false;
  }
}

/** Of the network: nobody is there, or nobody any more. */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
]);

/**
 * SQLSTATE: exceptions of the connection; too few resources, such as room on the disk or connections; a server that is being
 * stopped, started or exchanged, or cannot write its files; one that takes no writes, being the primary no longer or not yet.
 */
const absence = /^(08|53)[0-9A-Z]{3}$|^57P0[1-5]$|^58030$|^25006$/;

/** Of Prisma: not reachable, timed out, closed, too many connections, no connection or transaction in time. */
const prismaCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037']);

const words =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired|timeout exceeded when trying to connect|Query read timeout|Cannot use a pool after calling end|Unable to start a transaction in the given time)/;

interface Fault {
  message?: unknown;
  code?: unknown;
  originalCode?: unknown;
  cause?: unknown;
  errors?: unknown;
  meta?: { driverAdapterError?: unknown };
}

/** Whether `error` says that the database cannot do it now, and not that it will never: as its drivers say it, or we. */
export function isDatabaseAway(error: unknown, depth = 0): boolean {
  // What fails to be fetched from elsewhere is a TypeError, with the same causes.
  if (typeof error !== 'object' || error === null || error instanceof TypeError || depth > 5) return false;
  if (error instanceof DatabaseAway) return true;
  const { message, code, originalCode, cause, errors, meta } = error as Fault;
  for (const each of [code, originalCode]) {
    if (typeof each !== 'string') continue;
    if (networkCodes.has(each) || prismaCodes.has(each) || absence.test(each)) return true;
  }
  if (typeof message === 'string' && words.test(message.replace(/^.*?Transaction API error: /s, ''))) return true;
  const within = [cause, meta?.driverAdapterError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return within.some((each) => isDatabaseAway(each, depth + 1));
}

/** Whether the server is there, and lets nobody else in. */
export const isTooManyConnections = (error: unknown): boolean => (error as Fault | null)?.code === '53300';

/** What `work` answers. Rejects with {@link DatabaseAway} when that takes longer. */
export async function answeredWithin<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DatabaseAway(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The database cannot be asked now, and may be in a moment. What was being written may have been written or not. */
export class DatabaseAway extends Error {
  override name = 'DatabaseAway';

  constructor(message = 'the database does not answer', options?: ErrorOptions) {
    super(message, options);
  }
}

/** What whoever asks is told of it, and after how many seconds to ask again. */
export const awayWords = (error: unknown): { message: string; seconds: number } =>
  isDiskFull(error)
    ? { message: 'Nothing can be stored now. Try again later; look before a change is made again.', seconds: 10 }
    : {
        message:
          'The database cannot be reached now. Try again in some seconds; a change that was under way may have been made, ' +
          'so look before it is made again.',
        seconds: 2,
      };

/** What the log says of it. */
export const awayLine = (error: unknown): string =>
  `a request was refused: ${isDiskFull(error) ? 'the disk of the database is full' : 'the database is away'}`;

/** What whoever runs the program is told, where `error` says that the database, or a disk, cannot do it now. */
export function whyAway(error: unknown): string | null {
  const reason = (error as Partial<Error> | null)?.message?.trim().split('\n').at(-1);
  if (isDiskFull(error)) return `The disk is full: ${reason}`;
  return isDatabaseAway(error) ? `The database went away: ${reason}` : null;
}

const fullForMs = 60_000;

/** Whether the database answers, as found out by one for all: nobody else need wait to find it out again. */
export class Presence {
  private away = false;
  private lastWithoutRoom = -Infinity;
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

  /** A statement was refused for want of room on the database's disk. */
  hadNoRoom(): void {
    this.lastWithoutRoom = performance.now();
  }

  /** Whether that was so within the last minute. Reading may go on all the while. */
  get isFull(): boolean {
    return performance.now() - this.lastWithoutRoom < fullForMs;
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
  // PostgreSQL calls what it has no name for internal errors.
  if ([code, originalCode].includes('XX000') && isDiskFull(error)) return true;
  const within = [cause, meta?.driverAdapterError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return within.some((each) => isDatabaseAway(each, depth + 1));
}

/** `disk_full`; and what has no SQLSTATE of its own: a quota that is used up, a limit to the size of files. */
const fullWords = /No space left on device|Disk quota exceeded|File too large|ENOSPC|EDQUOT|EFBIG/;

/** Whether `error` says that the database, or its own disk, has no room for what was to be written. */
export function isDiskFull(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false;
  const { message, code, originalCode, cause, meta } = error as Fault;
  if ([code, originalCode].includes('53100') || (typeof message === 'string' && fullWords.test(message))) return true;
  return [cause, meta?.driverAdapterError].some((each) => isDiskFull(each, depth + 1));
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

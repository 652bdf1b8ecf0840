import type { ArticleStatus } from './content/article/rules.js';

/**
 * Refusals: what a client is told when a write is not done, in words that say what would be. Expected and typed; everything
 * else is a fault, masked and logged.
 */
export abstract class Refusal extends Error {}

/** So many problems are told of at once; whoever has more begins with these. */
const mostProblems = 100;
/** A message may repeat what was given, which may be long. */
const longestMessage = 500;

const concise = (message: string): string =>
  message.length <= longestMessage ? message : `${message.slice(0, longestMessage)}…`;

/** What was given cannot be stored. Names each field at once. */
export class ValidationError extends Refusal {
  override name = 'ValidationError';

  readonly fields: readonly { path: string; message: string }[];

  constructor(fields: readonly { path: string; message: string }[]) {
    const shown = fields.slice(0, mostProblems).map(({ path, message }) => ({ path, message: concise(message) }));
    super(shown.map(({ path, message }) => `${path}: ${message}`).join('; '));
    this.fields = shown;
  }
}

/** What was named does not exist, or the viewer may not see it. */
export class NotFoundError extends Refusal {
  override name = 'NotFoundError';

  constructor(what: string) {
    super(`There is no ${what}.`);
  }
}

/** The viewer may not do this. */
export class ForbiddenError extends Refusal {
  override name = 'ForbiddenError';
}

/** Somebody else has saved since; nothing was written. */
export class ConflictError extends Refusal {
  override name = 'ConflictError';

  constructor(
    expected: number,
    readonly currentRevision: number,
  ) {
    super(
      expected > currentRevision
        ? `There is no revision ${expected} yet; ${currentRevision} is the newest. Read it, and give the number it has.`
        : `Revision ${expected} is no longer the newest; ${currentRevision} is. Read it, take over what changed, and save again.`,
    );
  }
}

/** The workflow does not lead from where the piece stands to where it was to go. */
export class TransitionError extends Refusal {
  override name = 'TransitionError';

  constructor(
    readonly action: string,
    readonly from: ArticleStatus,
    readonly allowed: readonly string[],
  ) {
    const instead = allowed.length > 0 ? `it allows ${allowed.join(', ')}` : 'it allows nothing more';
    super(`Cannot ${action} a piece that is ${from}; ${instead}.`);
  }
}

/** Readers may no longer comment on the piece, or never could. */
export class CommentsClosedError extends Refusal {
  override name = 'CommentsClosedError';

  constructor(readonly closedAt: Date | null) {
    super(
      closedAt
        ? `Comments on this piece were closed on ${closedAt.toISOString().slice(0, 10)}.`
        : 'This piece takes no comments; an editor has closed them.',
    );
  }
}

/** The same has been done too often; later it may be done again. */
export class TooOftenError extends Refusal {
  override name = 'TooOftenError';

  constructor(
    what: string,
    readonly retryAfterSeconds: number,
  ) {
    super(`${what} Try again in ${retryAfterSeconds} seconds.`);
  }
}

import type { GraphQLError } from 'graphql';
import { Part, type Standing, type Whole } from './part.js';
import { isWithinNull, keysOf, keysTo, rootOf } from './place.js';

/** What one part of an answer that comes in parts adds to it. */
export interface Incremental {
  readonly data?: Record<string | number, unknown> | null;
  readonly items?: readonly unknown[] | null;
  readonly path: readonly (string | number)[];
  readonly label?: string;
  readonly errors?: readonly GraphQLError[];
}

/** A part that is sent after the first. */
export class LaterPart extends Part {
  isDone = false;

  constructor(
    run: Whole,
    private readonly standing: Standing,
  ) {
    super(run, rootOf(standing.around, standing.index === null ? standing.around.typename : undefined));
  }

  /** The part that it belongs to. */
  get within(): Part {
    return this.standing.within;
  }

  /** Null stands where it would. */
  get isGone(): boolean {
    return isWithinNull(this.standing.around);
  }

  shown(): Incremental {
    const { root } = this;
    const { label, index } = this.standing;
    const data = this.isTooLong ? null : this.data;
    const errors = this.isTooLong ? [this.run.tooLong()] : this.errors;
    return {
      ...(index === null ? { data } : { items: data && [data[index]] }),
      path: index === null ? keysOf(root) : keysTo(root, index),
      ...(label === null ? {} : { label }),
      ...(errors.length === 0 ? {} : { errors }),
    };
  }
}

import type { Logger } from 'pino';
import type { Site } from '../config.js';
import type { Database } from '../database/database.js';
import type { Outgoing } from '../outgoing/ask.js';
import type { MakeLoaders } from './loaders.js';

/** What those who tell others of changes work with, webhooks and the hub alike. */
export interface TellingOptions {
  readonly db: Database;
  readonly site: Site;
  readonly log: Logger;
  readonly outgoing: Outgoing;
  readonly makeLoaders: MakeLoaders;
  readonly clock: () => Date;
  /** In [0, 1), to spread what is tried again. */
  readonly chance?: () => number;
  /** How soon a change is seen. */
  readonly pollEveryMs?: number;
}

export interface Telling {
  /** Lets what is under way end, and sends no more. */
  stop(): Promise<void>;
}

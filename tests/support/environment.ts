import { BadEnvironment, configFrom } from '../../src/config.js';

/** What is said of an environment that cannot be used; nothing of one that can. */
export function problemsOf(environment: Record<string, string>): string {
  try {
    configFrom(environment);
    return '';
  } catch (error) {
    if (error instanceof BadEnvironment) return error.message;
    throw error;
  }
}

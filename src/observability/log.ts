import { pino, type Logger, type LevelWithSilentOrString } from 'pino';

/** Structured lines on standard output; never a token, a password or a query's variables. */
export const makeLog = (level: LevelWithSilentOrString): Logger =>
  pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['token', '*.token', 'authorization', '*.authorization', 'headers.authorization'],
      censor: '[redacted]',
    },
  });

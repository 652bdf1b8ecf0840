import { type DestinationStream, pino, type Logger, type LevelWithSilentOrString } from 'pino';

/** What must not be read in a log, whatever line it came by; each with what is left of it. */
const secrets: readonly [pattern: RegExp, left: string][] = [
  // Tokens of the newsroom and keys of partners, by their first letters.
  [/\b(dl[a-z]_)[\w-]{8,}/g, '$1[redacted]'],
  [/\b(whsec_)[\w+/=-]{8,}/g, '$1[redacted]'],
  // JSON Web Tokens.
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, '[redacted]'],
  [/\b(bearer|basic)\s+[^\s"\\]{6,}/gi, '$1 [redacted]'],
  // In addresses: passwords, and what is signed.
  [/(\w+:\/\/[^\s:/@"]*:)[^\s@/"]+@/g, '$1[redacted]@'],
  [/([?&](?:token|key|api_?key|secret|sig|signature|preview|password|hub\.secret)=)[^&\s"\\]+/gi, '$1[redacted]'],
  // People.
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[redacted]'],
];

export const withoutSecrets = (line: string): string =>
  secrets.reduce((text, [pattern, left]) => text.replace(pattern, left), line);

/** What a driver or a library adds to an error of what it was given: values of rows, variables, whole documents. */
const ofWhatWasGiven = ['detail', 'where', 'internalQuery', 'parameters', 'params', 'source', 'nodes', 'variables'];

function shownError(error: unknown): unknown {
  const shown: unknown = pino.stdSerializers.err(error as Error);
  if (typeof shown !== 'object' || shown === null) return shown;
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !ofWhatWasGiven.includes(name)));
}

/**
 * Structured lines on standard output; never a token, a password, a person's address or a query's variables. `mixin` says what
 * each line has besides.
 */
export const makeLog = (
  level: LevelWithSilentOrString,
  destination?: DestinationStream,
  mixin?: () => object,
): Logger =>
  pino(
    {
      level,
      base: null,
      ...(mixin ? { mixin } : {}),
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: shownError },
      hooks: { streamWrite: withoutSecrets },
      redact: {
        paths: ['token', 'authorization', 'cookie', 'password', 'secret', 'headers'].flatMap((name) => [
          name,
          `*.${name}`,
        ]),
        censor: '[redacted]',
      },
    },
    ...(destination ? [destination] : []),
  );

/**
 * Licences under which a lent piece may be passed on to other partners, whoever pays for it, as a PostgreSQL regular
 * expression without regard to case: CC0, CC BY and CC BY-SA of any version, by name or address; the public domain; and our own
 * words “resale permitted”. Those that forbid commerce (NC) or changes (ND, and a teaser is one) are not among them.
 */
export const resaleLicences =
  '^\\s*(cc0|public domain|cc[ -]by([ -]sa)?([ ,-]+[0-9].*)?\\s*$|(https?://)?creativecommons\\.org/(licenses/by(-sa)?/|publicdomain/)|resale permitted)';

/** How much a key may ask for where nobody said. */
export const usualLimits = { requestsPerMinute: 600, requestsPerDay: 100_000 } as const;

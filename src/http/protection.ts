/**
 * What every answer says to browsers: it is what it says it is, stands in no frame, and nothing in it is run or loaded. Pages
 * say otherwise for themselves.
 */
export const protection: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

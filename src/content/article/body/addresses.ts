/** Characters that XML 1.0, section 2.2, forbids, and halves of surrogate pairs, which no store or feed takes. */
const forbidden =
  /[\u0000-\u0008\u000b\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** `value` as any reader of HTML, XML or JSON takes it. */
export const cleanCharacters = (value: string): string =>
  /[\u0000-\u0008\u000b-\u001f\ud800-\udfff\ufffe\uffff]/.test(value)
    ? value.replace(forbidden, '').replace(/\r\n?/g, '\n').replace(/\f/g, ' ')
    : value;

const linkSchemes = new Set(['http', 'https', 'mailto', 'tel']);

/** An address as a browser understands it (URL Standard, 4.4): without the blanks it overlooks, its scheme in small letters. */
function understood(value: string): { scheme: string | null; address: string } {
  const address = value.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '').replace(/[\t\n\r]/g, '');
  const scheme = /^[^/?#:]*:/.exec(address)?.[0];
  if (scheme === undefined) return { scheme: null, address };
  return { scheme: scheme.slice(0, -1).toLowerCase(), address: scheme.toLowerCase() + address.slice(scheme.length) };
}

/** The address of a link, if it is one that a reader can follow: http, https, mailto, tel, or within the site. */
export function linkAddress(value: string): string | null {
  const { scheme, address } = understood(value);
  if (scheme === null) return address.startsWith('//') ? `https:${address}` : address || null;
  return linkSchemes.has(scheme) ? address : null;
}

/** The address of something that is fetched from elsewhere: http or https, with a host. */
export function resourceAddress(value: string): string | null {
  const { scheme, address } = understood(value);
  const whole = scheme === null && address.startsWith('//') ? `https:${address}` : address;
  return /^https?:\/\/[^/?#\s\\]/.test(whole) ? whole : null;
}

export const schemeOf = (value: string): string | null => understood(value).scheme;

/** The host of an address, or null where it has none. */
export const hostOf = (address: string): string | null =>
  URL.canParse(address) ? new URL(address).host || null : null;

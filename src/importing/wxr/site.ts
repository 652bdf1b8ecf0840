import { momentOfRssDate } from './dates.js';
import type { Fields } from './parts.js';
import { plainText } from '../plain-text.js';
import { slugOf } from './slug.js';

/** The site an export was made of, as its channel tells. */
export interface Site {
  /** `wordpress:` and the blog's address: with an item's id, the key that a second import recognises it by. */
  system: string;
  /** Path of the blog's address without a closing slash: empty unless it lies in a folder. */
  basePath: string;
  /** Hosts whose addresses are this site's own; none if the file does not say. */
  hosts: ReadonlySet<string>;
  language: string | null;
  description: string | null;
  /** When the export was made, as far as the file tells. */
  exportedAt: string | null;
}

export function siteOf(channel: Fields): Site {
  // In a network of blogs the site address is the network's: only the blog address tells two blogs apart.
  const addresses = ['wp:base_blog_url', 'link', 'wp:base_site_url'].map((field) => channel.get(field) ?? '');
  const address = addresses.find((candidate) => urlOf(candidate) !== null);
  const language = channel.get('language') ?? '';
  return {
    system: `wordpress:${address?.replace(/\/+$/, '') ?? (slugOf(channel.get('title') ?? '') || 'unnamed')}`,
    basePath: urlOf(address ?? '')?.pathname.replace(/\/+$/, '') ?? '',
    hosts: new Set(addresses.flatMap((candidate) => urlOf(candidate)?.host.replace(/^www\./, '') ?? [])),
    language: isLanguage(language) ? language : null,
    description: plainText(channel.get('description') ?? '') || null,
    exportedAt: momentOfRssDate(channel.get('pubDate')),
  };
}

/** Whether `host` is one of the site's; a file that names no host is believed. */
export function isOwnHost(site: Site, host: string): boolean {
  return site.hosts.size === 0 || site.hosts.has(host.replace(/^www\./, ''));
}

export function urlOf(text: string): URL | null {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null;
}

/** Whether `text` has the shape of a language tag (RFC 5646, section 2.1). */
export function isLanguage(text: string): boolean {
  return /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i.test(text);
}

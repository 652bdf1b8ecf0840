import { resourceAddress } from './addresses.js';
import { htmlOfNodes } from './serialise.js';
import { type BodyNode, element } from './tree.js';
import { playerOrLink } from './wordpress.js';

export interface Shortcode {
  name: string;
  /** By name, and those without one as '0', '1', …. */
  attributes: Record<string, string>;
  start: number;
  end: number;
  kind: 'open' | 'close' | 'single';
  /** The index of the tag that closes this one, or that it closes. */
  partner: number | null;
}

export type Attachments = (id: string) => { url: string; alt: string; caption: string | null } | undefined;

export interface Meaning {
  html: string;
  note?: string;
}

/** The HTML a shortcode means, or null where it has no meaning outside the site it was written for. */
export function meaningOf(tag: Shortcode, inner: string | null, attachments?: Attachments): Meaning | null {
  const { name, attributes } = tag;
  const address = inner?.trim() || attributes['url'] || attributes['src'] || attributes['id'] || attributes['0'] || '';
  switch (name) {
    case 'caption':
    case 'wp_caption':
      return inner === null ? null : { html: captioned(inner, attributes['caption']) };
    case 'gallery':
      return gallery(attributes, attachments);
    case 'embed':
      return shown(address);
    case 'youtube':
      return shown(/^[\w-]{6,20}$/.test(address) ? `https://youtu.be/${address}` : address);
    case 'vimeo':
      return shown(/^\d+$/.test(address) ? `https://vimeo.com/${address}` : address);
    case 'tweet':
    case 'soundcloud':
    case 'spotify':
      return shown(address);
    case 'video':
      return recorded('video', attributes);
    case 'audio':
      return recorded('audio', attributes);
    case 'code':
    case 'sourcecode':
      return inner === null ? null : { html: listing(inner, attributes) };
    default:
      return null;
  }
}

const picture = /^\s*(?:<a\s[^<>]*>\s*<img\s[^<>]*>\s*<\/a>|<img\s[^<>]*>)/i;

/** `[caption]<img …> Words[/caption]`; before WordPress 3.4 the words were an attribute. */
function captioned(inner: string, attribute: string | undefined): string {
  const image = picture.exec(inner)?.[0] ?? '';
  const words = (attribute === undefined ? inner.slice(image.length) : attribute.replace(/"/g, '&quot;')).trim();
  const shown = image === '' && attribute !== undefined ? inner : image;
  return `<figure>${shown.trim()}${words === '' ? '' : `<figcaption>${words}</figcaption>`}</figure>`;
}

function gallery(attributes: Record<string, string>, attachments?: Attachments): Meaning {
  const ids = (attributes['ids'] ?? attributes['include'] ?? '').split(',').map((id) => id.trim());
  const known = ids.filter((id) => id !== '').map((id) => attachments?.(id));
  const figures = known.flatMap((image): BodyNode[] => {
    if (!image) return [];
    const picture = element('img', { src: image.url, alt: image.alt });
    const caption = image.caption ? [element('figcaption', {}, [{ type: 'text', value: image.caption }])] : [];
    return [element('figure', {}, [picture, ...caption])];
  });
  const missing = known.length - figures.length;
  if (figures.length === 0) return { html: '', note: 'shortcode [gallery] left out: its pictures are not known' };
  const html = htmlOfNodes([element('figure', {}, figures)]);
  return missing === 0
    ? { html }
    : { html, note: `${missing} of ${known.length} pictures of a [gallery] left out: not known` };
}

function shown(written: string): Meaning | null {
  const address = resourceAddress(written.replace(/&amp;/g, '&').replace(/<[^<>]*>/g, ''));
  if (address === null) return null;
  const node = playerOrLink(address);
  return { html: htmlOfNodes([node.tagName === 'iframe' ? element('figure', {}, [node]) : node]) };
}

const formats = ['src', 'mp4', 'm4v', 'webm', 'ogv', 'mp3', 'm4a', 'ogg', 'wav', '0'];

function recorded(name: 'video' | 'audio', attributes: Record<string, string>): Meaning | null {
  const address = formats.map((format) => resourceAddress(attributes[format] ?? '')).find((found) => found !== null);
  if (!address) return null;
  const poster = resourceAddress(attributes['poster'] ?? '');
  return { html: htmlOfNodes([element('figure', {}, [element(name, { src: address, ...(poster && { poster }) })])]) };
}

/** Code as WordPress keeps it: `&lt;` may be written already, a bare `<` is meant as one too. */
function listing(inner: string, attributes: Record<string, string>): string {
  const language = attributes['lang'] ?? attributes['language'] ?? '';
  const name = /^[\w+#.-]{1,40}$/.test(language) ? ` class="language-${language}"` : '';
  return `<pre><code${name}>${inner
    .replace(/^\r?\n/, '')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')}</code></pre>`;
}

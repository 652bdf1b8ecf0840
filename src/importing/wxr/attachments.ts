import type { ImageRecord } from '../records.js';
import type { WxrItem } from './parts.js';
import { plainLine, plainText } from '../plain-text.js';
import { Shelf } from './shelf.js';
import { urlOf } from './site.js';

const pictureEndings = /^(?:jpe?g|jfif|pjpeg|png|apng|gif|webp|avif|heic|heif|bmp|tiff?|svg|ico)$/i;
const creditKeys = [
  '_wp_attachment_credit',
  '_media_credit',
  'media_credit',
  '_credit',
  'credit',
  '_image_credit',
  'image_credit',
];

export const attachmentMetaKeys = ['_wp_attachment_image_alt', '_wp_attachment_metadata', ...creditKeys];

/** The pictures of one file by post id, kept on disk: an export holds several for each piece. */
export class Attachments {
  private constructor(private readonly shelf: Shelf<ImageRecord>) {}

  static async open(): Promise<Attachments> {
    return new Attachments(await Shelf.open<ImageRecord>());
  }

  close(): Promise<void> {
    return this.shelf.close();
  }

  add(item: WxrItem): void {
    const id = numberOf(item.fields.get('wp:post_id'));
    if (id !== null && pictureFlaw(item) === null) this.shelf.put(id, pictureOf(item));
  }

  /** The picture with this post id; null if the file has none, or something that is no picture. */
  get(id: string): ImageRecord | null {
    const number = numberOf(id);
    return number === null ? null : (this.shelf.get(number) ?? null);
  }
}

/** Why an attachment is not to be had as a picture; null if it is. */
export function pictureFlaw({ fields }: WxrItem): string | null {
  if (numberOf(fields.get('wp:post_id')) === null) return 'an attachment without a post id, which no piece can name';
  const url = urlOf(addressOf(fields));
  if (!url) return 'an attachment without a web address';
  const ending = /\.([a-z0-9]+)$/i.exec(url.pathname)?.[1];
  return ending === undefined || pictureEndings.test(ending) ? null : `a file (${ending.toLowerCase()}), not a picture`;
}

function pictureOf({ fields, meta }: WxrItem): ImageRecord {
  const first = (key: string) => meta.get(key)?.[0] ?? '';
  // Serialised PHP is never unserialised: the two numbers at its very beginning, and one plain text, are matched as text.
  const metadata = first('_wp_attachment_metadata');
  const [, width, height] = /^a:\d+:\{s:5:"width";i:(\d{1,6});s:6:"height";i:(\d{1,6});/.exec(metadata) ?? [];
  const embedded = /s:6:"credit";s:\d+:"([^"]*)";/.exec(metadata)?.[1] ?? '';
  const credit = [...creditKeys.map(first), embedded].map(plainLine).find((text) => text !== '');
  return {
    url: addressOf(fields),
    alt: plainLine(first('_wp_attachment_image_alt')),
    caption: plainText(fields.get('excerpt:encoded') ?? '') || null,
    credit: credit ?? null,
    ...(Number(width) > 0 && Number(height) > 0 && { width: Number(width), height: Number(height) }),
  };
}

function addressOf(fields: WxrItem['fields']): string {
  return fields.get('wp:attachment_url') || (fields.get('guid') ?? '');
}

function numberOf(id: string | undefined): number | null {
  return /^\s*\d{1,15}\s*$/.test(id ?? '') && Number(id) > 0 ? Number(id) : null;
}

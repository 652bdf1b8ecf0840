import { once } from 'node:events';
import type { Writable } from 'node:stream';

const words =
  'harbour ships trade council border summit grain pipeline election treaty island delta railway embassy tariff'.split(
    ' ',
  );
const sections = ['world', 'asia', 'europe', 'economy', 'opinion', 'security'];

export interface LargeWxr {
  /** Stops after the item with which this many bytes are written. */
  bytes: number;
  /** Makes one file from each seed. */
  seed?: number;
}

/** Writes a WordPress export of about `bytes` to `out`, piece by piece: a picture and a post with comments in turn. Answers how many of each. */
export async function writeLargeWxr(
  out: Writable,
  { bytes, seed = 1 }: LargeWxr,
): Promise<{ posts: number; pictures: number }> {
  const random = randomFrom(seed);
  let written = 0;
  const write = async (text: string) => {
    written += Buffer.byteLength(text);
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(head());
  let posts = 0;
  for (let id = 10; written < bytes; id += 2) {
    await write(picture(id) + post(id + 1, id, random));
    posts += 1;
  }
  await write('</channel>\n</rss>\n');
  return { posts, pictures: posts };
}

function head(): string {
  const authors = Array.from(
    { length: 40 },
    (_, place) =>
      `<wp:author><wp:author_login>writer${place}</wp:author_login><wp:author_display_name><![CDATA[Writer ${place}]]></wp:author_display_name></wp:author>`,
  );
  const categories = sections.map(
    (slug, place) =>
      `<wp:category><wp:term_id>${place + 1}</wp:term_id><wp:category_nicename>${slug}</wp:category_nicename><wp:category_parent></wp:category_parent><wp:cat_name><![CDATA[${slug}]]></wp:cat_name></wp:category>`,
  );
  return `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>A large paper</title>
<link>https://large.example.org</link>
<language>en</language>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://large.example.org</wp:base_site_url>
<wp:base_blog_url>https://large.example.org</wp:base_blog_url>
${[...authors, ...categories].join('\n')}
`;
}

function picture(id: number): string {
  return `<item>
<title>picture-${id}</title>
<wp:post_id>${id}</wp:post_id>
<wp:post_type>attachment</wp:post_type>
<wp:status>inherit</wp:status>
<excerpt:encoded><![CDATA[A ${words[id % words.length]}. Image credit: Desk]]></excerpt:encoded>
<wp:attachment_url>https://large.example.org/uploads/${id}.jpg</wp:attachment_url>
<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value><![CDATA[Picture ${id}]]></wp:meta_value></wp:postmeta>
</item>
`;
}

function post(id: number, pictureId: number, random: () => number): string {
  const sentence = () => Array.from({ length: 12 }, () => words[Math.floor(random() * words.length)]).join(' ');
  const paragraphs = Array.from(
    { length: 12 + Math.floor(random() * 20) },
    () => `<!-- wp:paragraph -->\n<p>${sentence()}, “${sentence()}”. ${sentence()}.</p>\n<!-- /wp:paragraph -->`,
  );
  const date = new Date(Date.UTC(2010, 0, 1) + id * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const comments = Array.from(
    { length: Math.floor(random() * 4) },
    (_, place) => `<wp:comment>
<wp:comment_id>${id * 10 + place}</wp:comment_id><wp:comment_author><![CDATA[Reader ${place}]]></wp:comment_author>
<wp:comment_date_gmt>${date}</wp:comment_date_gmt><wp:comment_content><![CDATA[${sentence()}.]]></wp:comment_content>
<wp:comment_approved>1</wp:comment_approved><wp:comment_type>comment</wp:comment_type><wp:comment_parent>0</wp:comment_parent>
</wp:comment>`,
  );
  const section = sections[id % sections.length] ?? 'world';
  const tag = words[id % words.length] ?? 'trade';
  return `<item>
<title><![CDATA[${sentence()}]]></title>
<link>https://large.example.org/${date.slice(0, 10).replaceAll('-', '/')}/piece-${id}/</link>
<dc:creator><![CDATA[writer${id % 40}]]></dc:creator>
<guid isPermaLink="false">https://large.example.org/?p=${id}</guid>
<content:encoded><![CDATA[${paragraphs.join('\n\n')}]]></content:encoded>
<excerpt:encoded><![CDATA[${sentence()}.]]></excerpt:encoded>
<wp:post_id>${id}</wp:post_id>
<wp:post_date>${date}</wp:post_date>
<wp:post_date_gmt>${date}</wp:post_date_gmt>
<wp:post_modified_gmt>${date}</wp:post_modified_gmt>
<wp:comment_status>open</wp:comment_status>
<wp:post_name>piece-${id}</wp:post_name>
<wp:status>publish</wp:status>
<wp:post_type>post</wp:post_type>
<wp:post_password></wp:post_password>
<category domain="category" nicename="${section}"><![CDATA[${section}]]></category>
<category domain="post_tag" nicename="${tag}"><![CDATA[${tag}]]></category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value><![CDATA[${pictureId}]]></wp:meta_value></wp:postmeta>
${comments.join('\n')}
</item>
`;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

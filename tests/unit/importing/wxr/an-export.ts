interface Item {
  fields?: Record<string, string>;
  meta?: [key: string, value: string][];
  /** Domain, nicename, name. */
  terms?: [domain: string, nicename: string, name: string][];
  comments?: Record<string, string>[];
}

interface Export {
  version?: string;
  /** XML of the channel before the items. */
  declarations?: string;
  channel?: Record<string, string>;
  items?: string[];
}

const cdata = (text: string) => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

const elements = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([name, value]) => `<${name}>${cdata(value)}</${name}>`)
    .join('\n');

/** A post as WordPress exports it: published, in no category, with the id 42. */
export function anItem({ fields, meta = [], terms = [], comments = [] }: Item = {}): string {
  const all = {
    title: 'The harbour opens again',
    link: 'https://paper.example.org/2021/10/21/harbour/',
    pubDate: 'Thu, 21 Oct 2021 08:00:00 +0000',
    'dc:creator': 'anna',
    guid: 'https://paper.example.org/?p=42',
    description: '',
    'content:encoded': '<p>Ships are back.</p>',
    'excerpt:encoded': '',
    'wp:post_id': '42',
    'wp:post_date': '2021-10-21 10:00:00',
    'wp:post_date_gmt': '2021-10-21 08:00:00',
    'wp:post_modified_gmt': '2021-10-22 09:30:00',
    'wp:comment_status': 'open',
    'wp:post_name': 'harbour',
    'wp:status': 'publish',
    'wp:post_type': 'post',
    'wp:post_password': '',
    ...fields,
  };
  return `<item>
${elements(all)}
${terms.map(([domain, nicename, name]) => `<category domain="${domain}" nicename="${nicename}">${cdata(name)}</category>`).join('\n')}
${meta.map(([key, value]) => `<wp:postmeta>${elements({ 'wp:meta_key': key, 'wp:meta_value': value })}</wp:postmeta>`).join('\n')}
${comments.map((comment) => `<wp:comment>${elements(comment)}</wp:comment>`).join('\n')}
</item>`;
}

/** A picture in the media library, with the id 7. */
export function anAttachment({ fields, meta }: Item = {}): string {
  return anItem({
    fields: {
      title: 'harbour-1',
      'wp:post_id': '7',
      'wp:post_type': 'attachment',
      'wp:status': 'inherit',
      'wp:attachment_url': 'https://paper.example.org/uploads/harbour.jpg',
      ...fields,
    },
    meta: [['_wp_attachment_image_alt', 'A crane'], ...(meta ?? [])],
  });
}

/** A whole file of version 1.2. */
export function anExport({ version = '1.2', declarations = '', channel, items = [] }: Export = {}): string {
  const fields = {
    title: 'The Paper',
    link: 'https://paper.example.org',
    pubDate: 'Mon, 01 Nov 2021 12:00:00 +0000',
    language: 'en-GB',
    'wp:wxr_version': version,
    'wp:base_site_url': 'https://paper.example.org',
    'wp:base_blog_url': 'https://paper.example.org',
    ...channel,
  };
  return `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0"
  xmlns:excerpt="http://wordpress.org/export/${version}/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/${version}/">
<channel>
${elements(fields)}
${declarations}
${items.join('\n')}
</channel>
</rss>
`;
}

/** A `wp:category` with a term id. */
export const aCategory = (id: number, slug: string, name: string, parent = '') =>
  `<wp:category>${elements({ 'wp:term_id': String(id), 'wp:category_nicename': slug, 'wp:category_parent': parent, 'wp:cat_name': name })}</wp:category>`;

export const aUser = (login: string, displayName: string, more: Record<string, string> = {}) =>
  `<wp:author>${elements({ 'wp:author_login': login, 'wp:author_email': `${login}@paper.example.org`, 'wp:author_display_name': displayName, ...more })}</wp:author>`;

/** A guest author of Co-Authors Plus. */
export const aGuest = (login: string, meta: Record<string, string>, thumbnail?: string) =>
  anItem({
    fields: { title: login, 'wp:post_id': '900', 'wp:post_type': 'guest-author', 'wp:post_name': `cap-${login}` },
    meta: [
      ['cap-user_login', login],
      ['cap-user_email', 'private@example.org'],
      ...Object.entries(meta).map(([key, value]): [string, string] => [`cap-${key}`, value]),
      ...(thumbnail === undefined ? [] : [['_thumbnail_id', thumbnail] satisfies [string, string]]),
    ],
  });

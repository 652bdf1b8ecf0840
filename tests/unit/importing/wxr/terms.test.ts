import { articleOf, readingOf, recordsOf } from '../reading.js';
import { aCategory, anExport, anItem } from './an-export.js';

const readingWith = (item: Parameters<typeof anItem>[0], declarations = '', others: string[] = []) =>
  readingOf(anExport({ declarations, items: [anItem(item), ...others] }));

describe('the section of a post', () => {
  const categories = [
    aCategory(1, 'world', 'World'),
    aCategory(2, 'asia', 'Asia', 'world'),
    aCategory(3, 'sport', 'Sport'),
  ].join('');
  const term = (slug: string, name: string): [string, string, string] => ['category', slug, name];
  const world = term('world', 'World');
  const asia = term('asia', 'Asia');
  const sport = term('sport', 'Sport');
  it.each([
    ['the deepest category', [sport, world, asia], [], 'asia', ['sport']],
    ['the first of equals', [sport, world], [], 'sport', ['world']],
    ["an SEO plugin's primary category", [sport, asia], ['3'], 'sport', ['asia']],
    ['no primary category the post is not in', [asia], ['3'], 'asia', []],
    ['another than "uncategorized"', [term('uncategorized', 'Uncategorized'), sport], [], 'sport', []],
    ['"uncategorized" for lack of any', [], [], 'uncategorized', []],
  ])('is %s', async (_, terms, primary, section, tags) => {
    const meta = primary.map((id): [string, string] => ['_yoast_wpseo_primary_category', id]);
    const reading = await readingWith({ terms, meta }, categories);
    expect(articleOf(reading)).toMatchObject({ section, tags });
    const slugs = recordsOf(reading.references).flatMap((record) =>
      'slug' in record ? [`${record.kind} ${record.slug}`] : [],
    );
    expect(slugs).toEqual(expect.arrayContaining([`section ${section}`, ...tags.map((tag) => `tag ${tag}`)]));
  });

  it('is declared with its parent and description, and once', async () => {
    const described = aCategory(2, 'asia', 'Asia &amp; Pacific', 'world').replace(
      '</wp:category>',
      '<wp:category_description>East of it</wp:category_description></wp:category>',
    );
    const { references } = await readingOf(anExport({ declarations: described + described }));
    expect(references).toMatchObject([
      {
        record: { slug: 'asia', name: 'Asia & Pacific', parent: 'world', description: 'East of it' },
        origin: { id: 'term:category:asia' },
      },
      {
        outcome: 'skipped',
        kind: 'term of category',
        reason: '"asia" is declared already; the first declaration stands',
      },
    ]);
  });

  it('is named by the post where nobody declared it', async () => {
    const { references } = await readingWith({ terms: [['category', 'ports-en', 'Ports &amp; Harbours']] });
    expect(recordsOf(references)).toContainEqual({ kind: 'section', slug: 'ports-en', name: 'Ports & Harbours' });
  });

  it('does not go round in circles of parents', async () => {
    const circle = aCategory(1, 'a', 'A', 'b') + aCategory(2, 'b', 'B', 'a');
    expect(articleOf(await readingWith({ terms: [term('b', 'B')] }, circle)).section).toBe('b');
  });

  it('leaves to the tags what other taxonomies say, and nothing of menus and formats', async () => {
    const terms: [string, string, string][] = [
      ['region', 'black-sea', 'Black Sea'],
      ['post_format', 'post-format-video', 'Video'],
      ['nav_menu', 'main', 'Main'],
    ];
    const term = '<wp:term><wp:term_taxonomy>nav_menu</wp:term_taxonomy><wp:term_slug>main</wp:term_slug></wp:term>';
    const reading = await readingWith({ terms }, term);
    expect(articleOf(reading).tags).toEqual(['black-sea']);
    expect(reading.references[0]).toMatchObject({ outcome: 'skipped', kind: 'term of nav_menu' });
  });

  it('reads the terms of version 1.0, each written twice, once', async () => {
    const item = anItem().replace(
      '</item>',
      '<category><![CDATA[Ports]]></category><category domain="category" nicename="ports"><![CDATA[Ports]]></category>' +
        '<category domain="tag"><![CDATA[Trade]]></category><category domain="tag" nicename="trade"><![CDATA[Trade]]></category></item>',
    );
    expect(articleOf(await readingOf(anExport({ items: [item] })))).toMatchObject({
      section: 'ports',
      tags: ['trade'],
    });
  });
});

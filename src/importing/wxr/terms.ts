import type { ReadItem, SectionRecord } from '../records.js';
import { detached } from './detached.js';
import type { TermOfItem, WxrDeclaration, WxrItem } from './parts.js';
import { plainLine, plainText } from '../plain-text.js';
import { slugOf, slugOfEncoded } from './slug.js';

/** Taxonomies by which WordPress and its plugins keep house; none says what a piece is about. */
const housekeeping = new Map<string, string>(
  Object.entries({
    nav_menu: 'a menu of the site, not a subject',
    post_format: 'a display format, not a subject',
    link_category: 'a heading of a link list, not a subject',
    wp_theme: 'belongs to the theme',
    wp_template_part_area: 'belongs to the theme',
    wp_pattern_category: 'belongs to the block editor',
    language: 'a language; it is kept as the language of its pieces',
    term_language: 'belongs to a translation plugin',
    post_translations: 'belongs to a translation plugin',
    term_translations: 'belongs to a translation plugin',
    following_users: 'belongs to an editing plugin',
    following_usergroups: 'belongs to an editing plugin',
    yst_prominent_words: 'belongs to an SEO plugin',
  }),
);

/** What a post says of its subjects. */
export interface Subjects {
  section: string;
  /** In the order of the file. */
  tags: string[];
  language: string | null;
}

/** The section of a post that names no category. WordPress has one of this name for the same purpose. */
const fallback = { slug: 'uncategorized', name: 'Uncategorized' };
const pagesSection = { slug: 'pages', name: 'Pages' };

/** Knows the terms of one file: what was declared, what posts name besides, and which of it was given out already. */
export class Terms {
  private readonly parents = new Map<string, string | null>();
  private readonly names = new Map<string, string>();
  private readonly slugOfId = new Map<string, string>();
  private readonly declared = new Set<string>();
  private readonly given = new Set<string>();

  constructor(private readonly system: () => string) {}

  /** What a `wp:category`, `wp:tag` or `wp:term` declares. */
  declare({ part, fields, line }: WxrDeclaration): ReadItem[] {
    const taxonomy =
      part === 'wp:term' ? (fields.get('wp:term_taxonomy') ?? '') : part === 'wp:tag' ? 'post_tag' : 'category';
    const rawSlug = fields.get('wp:category_nicename') ?? fields.get('wp:tag_slug') ?? fields.get('wp:term_slug') ?? '';
    const name = plainLine(fields.get('wp:cat_name') ?? fields.get('wp:tag_name') ?? fields.get('wp:term_name') ?? '');
    const slug = detached(slugOfEncoded(rawSlug) || slugOf(name));
    // The term of an author; the guest author's own item carries the rest.
    if (taxonomy === 'author') return [];
    const skipped = (reason: string): ReadItem[] => [
      { outcome: 'skipped', kind: `term of ${taxonomy}`, title: name || rawSlug, at: { line }, reason },
    ];
    const reason = housekeeping.get(taxonomy);
    if (reason !== undefined) return skipped(reason);
    if (slug === '') return skipped('has neither a slug nor a name');
    const key = `${taxonomy === 'category' ? 'section' : 'tag'}:${slug}`;
    if (this.declared.has(key)) return skipped(`"${slug}" is declared already; the first declaration stands`);
    this.declared.add(key);
    const id = fields.get('wp:term_id');
    if (taxonomy !== 'category')
      return [this.give({ kind: 'tag', slug, name: detached(name || slug) }, taxonomy, line)];
    if (id !== undefined) this.slugOfId.set(detached(id), slug);
    const parent =
      detached(slugOfEncoded(fields.get('wp:category_parent') ?? fields.get('wp:term_parent') ?? '')) || null;
    this.parents.set(slug, parent === slug ? null : parent);
    this.names.set(slug, detached(name || slug));
    const description =
      plainText(fields.get('wp:category_description') ?? fields.get('wp:term_description') ?? '') || null;
    const record: SectionRecord = {
      kind: 'section',
      slug,
      name: name || slug,
      description,
      parent: this.parents.get(slug) ?? null,
    };
    return [this.give(record, taxonomy, line)];
  }

  /** Records for what an item names and no one has declared or been given yet. */
  metBy(item: WxrItem, isPage: boolean): ReadItem[] {
    const records: ReadItem[] = [];
    const { section, tags } = this.subjectsOf(item, isPage);
    const terms = subjectTerms(item);
    const nameOf = (slug: string, domain?: string) =>
      this.names.get(slug) ?? terms.find((term) => term.slug === slug && (!domain || term.domain === domain))?.name;
    if (!this.given.has(`section:${section}`)) {
      const known = [fallback, pagesSection].find(({ slug }) => slug === section)?.name;
      const name = detached(nameOf(section, 'category') ?? known ?? section);
      records.push(this.give({ kind: 'section', slug: detached(section), name }, 'category', item.line));
    }
    for (const tag of tags) {
      if (this.given.has(`tag:${tag}`)) continue;
      const domain = terms.find(({ slug }) => slug === tag)?.domain ?? 'post_tag';
      records.push(
        this.give({ kind: 'tag', slug: detached(tag), name: detached(nameOf(tag) ?? tag) }, domain, item.line),
      );
    }
    return records;
  }

  /**
   * The one section and the tags of a post. The section is the primary category an SEO plugin was told, else the deepest category,
   * the first in the file among equals; "uncategorized" only where there is no other. The other categories become tags, except those
   * the section lies in, which hold the piece anyway.
   */
  subjectsOf(item: WxrItem, isPage = false): Subjects {
    const terms = subjectTerms(item);
    const categories = terms.filter(({ domain }) => domain === 'category').map(({ slug }) => slug);
    const section = isPage ? pagesSection.slug : this.sectionAmong(categories, item);
    const implied = new Set([section, ...this.ancestorsOf(section), fallback.slug]);
    const tags = terms
      .filter(({ slug, domain }) => domain !== 'category' || !implied.has(slug))
      .map(({ slug }) => slug);
    const language = item.terms.find(({ domain }) => domain === 'language')?.nicename ?? null;
    return { section, tags: [...new Set(tags)], language };
  }

  private sectionAmong(categories: string[], { meta }: WxrItem): string {
    for (const key of ['_yoast_wpseo_primary_category', 'rank_math_primary_category']) {
      const primary = this.slugOfId.get(meta.get(key)?.[0]?.trim() ?? '');
      if (primary !== undefined && categories.includes(primary)) return primary;
    }
    const [first, ...others] = categories.filter((slug) => slug !== fallback.slug);
    if (first === undefined) return fallback.slug;
    return others.reduce((deepest, slug) => (this.depthOf(slug) > this.depthOf(deepest) ? slug : deepest), first);
  }

  private depthOf(slug: string): number {
    return this.ancestorsOf(slug).length;
  }

  private ancestorsOf(slug: string): string[] {
    const ancestors: string[] = [];
    for (let parent = this.parents.get(slug); parent; parent = this.parents.get(parent)) {
      if (ancestors.includes(parent) || parent === slug) break; // a circle, which WordPress forbids and hand-made files hold
      ancestors.push(parent);
    }
    return ancestors;
  }

  private give(
    record: { kind: 'tag'; slug: string; name: string } | SectionRecord,
    taxonomy: string,
    line: number,
  ): ReadItem {
    this.given.add(`${record.kind}:${record.slug}`);
    // A category may come as a section and, where another piece has it second, as a tag: two things, so two origins.
    const asTag = record.kind === 'tag' && taxonomy === 'category' ? 'as-tag:' : '';
    const id = `term:${taxonomy === 'tag' ? 'post_tag' : taxonomy}:${asTag}${record.slug}`;
    return { outcome: 'record', record, origin: { system: this.system(), id }, at: { line } };
  }
}

/** The terms of an item that say what it is about, each once, by slug. */
function subjectTerms({ terms }: WxrItem): { domain: string; slug: string; name: string }[] {
  const named = terms.filter(({ domain }) => domain !== 'author' && !housekeeping.has(domain));
  return named
    .filter((term) => term.nicename !== '' || !named.some((other) => other.nicename !== '' && isSame(other, term)))
    .map(({ domain, nicename, name }) => ({
      domain,
      slug: slugOfEncoded(nicename) || slugOf(plainLine(name)),
      name: plainLine(name),
    }))
    .filter(({ slug }) => slug !== '');
}

/** WXR 1.0 writes each term twice, once for feed readers without its slug. */
function isSame(one: TermOfItem, other: TermOfItem): boolean {
  return one.domain === other.domain && one.name === other.name;
}

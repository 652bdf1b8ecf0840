import type { ArticleStanding } from '../records.js';
import { pictureFlaw } from './attachments.js';
import type { WxrItem } from './parts.js';

export interface StandingRules {
  /** Post types that are pieces of journalism. */
  articleTypes: ReadonlySet<string>;
}

/** What becomes of an item: an article with this standing, or nothing, with the reason. */
export type Standing = { status: ArticleStanding; notes: string[] } | { skip: string };

/** Types of which nothing is kept, with the reason a newsroom is told. Whatever is not listed is named as unknown. */
const unkept = new Map<string, string>(
  Object.entries({
    page: 'a page, not an article; the option to import pages as articles takes it',
    revision: 'an earlier revision of another item',
    nav_menu_item: 'an entry of a menu',
    custom_css: 'styles of the theme',
    customize_changeset: 'settings of the theme',
    oembed_cache: 'a cached embed, fetched again when needed',
    user_request: 'a request about personal data',
    wp_block: 'a reusable block (type wp_block); pieces that use it lack its content',
    wp_template: 'a template of the theme',
    wp_template_part: 'a template of the theme',
    wp_global_styles: 'styles of the theme',
    wp_navigation: 'a menu',
    wp_font_family: 'a font of the theme',
    wp_font_face: 'a font of the theme',
    'guest-author': 'an author, not an article',
  }),
);

/** For each WordPress status, what a post of it becomes. Whatever is not listed stays a draft: nothing becomes public by a guess. */
const becomes = new Map<string, Standing>(
  Object.entries({
    publish: { status: 'PUBLISHED', notes: [] },
    future: { status: 'PUBLISHED', notes: [] },
    draft: { status: 'DRAFT', notes: [] },
    pending: { status: 'IN_REVIEW', notes: [] },
    private: { status: 'DRAFT', notes: ['was private: kept as a draft'] },
    trash: { skip: 'in the trash' },
    'auto-draft': { skip: 'an automatic draft nobody has saved' },
    inherit: { skip: 'belongs to another item (status inherit)' },
  }),
);

export function typeOf({ fields }: WxrItem): string {
  return fields.get('wp:post_type') || 'post';
}

/** What becomes of `item`, by its type, then its status, then its password. */
export function standingOf(item: WxrItem, { articleTypes }: StandingRules): Standing {
  const type = typeOf(item);
  if (type === 'attachment') return { skip: pictureFlaw(item) ?? 'kept as the image of the pieces that use it' };
  if (!articleTypes.has(type)) return { skip: unkept.get(type) ?? `of the type "${type}", which is no article here` };
  const status = item.fields.get('wp:status') ?? '';
  const unknown: Standing = { status: 'DRAFT', notes: [`had the status "${status}": kept as a draft`] };
  const standing = becomes.get(status) ?? unknown;
  if ('skip' in standing || (item.fields.get('wp:post_password') ?? '') === '') return standing;
  return { status: 'DRAFT', notes: [...standing.notes, 'was protected by a password: kept as a draft'] };
}

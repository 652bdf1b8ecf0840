import type { Loaders } from '../../../graphql/context.js';
import type { ImageRow } from '../../image/loaders.js';
import type { TagRow } from '../../tag/read.js';
import type { BylineRow } from '../read.js';
import type { KeptRevision } from './load.js';

/** What stands around a previewed revision, which has no rows of its own: read off the revision itself. */
export async function tagsOfPreview({ details }: KeptRevision, loaders: Loaders): Promise<TagRow[]> {
  const tags = await Promise.all(details.tags.map(async (slug) => loaders.tag.bySlug.load(slug)));
  return tags.filter((tag) => tag !== null);
}

export function bylinesOfPreview(articleId: string, { details }: KeptRevision, loaders: Loaders): Promise<BylineRow[]> {
  return Promise.all(
    details.bylines.map(async ({ author, ...byline }, index) => ({
      articleId,
      position: index + 1,
      authorId: author ? ((await loaders.author.bySlug.load(author))?.id ?? null) : null,
      ...byline,
    })),
  );
}

export const imageOfPreview = ({ details: { leadImage } }: KeptRevision): ImageRow | null =>
  leadImage && { id: '', ...leadImage, width: leadImage.width ?? null, height: leadImage.height ?? null };

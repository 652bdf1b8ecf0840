import type { Loaded } from '../database/batching.js';
import { type Builder, idOf, partsIn } from '../graphql/builder.js';
import type { Reference } from './named.js';

export interface SlugOrId {
  id?: string | null | undefined;
  slug?: string | null | undefined;
}

declare module '../graphql/builder.js' {
  interface Inputs {
    SlugOrId: SlugOrId;
  }
}

export function defineSlugOrId(builder: Builder): void {
  builder.inputType('SlugOrId', {
    isOneOf: true,
    description: 'Which thing is meant: by its id or by its slug, not both.',
    fields: (t) => ({
      id: t.id({ description: 'Its id.' }),
      slug: t.string({ description: 'Its slug.' }),
    }),
  });
}

interface ByIdAndSlug<Row> {
  byId: { load(id: string): Loaded<Row | null> };
  bySlug: { load(slug: string): Loaded<Row | null> };
}

/** The thing that `by` names, through its noun's loaders; null when there is none, or the id is of another type. */
export async function loadBy<Row>(typename: string, by: SlugOrId, loaders: ByIdAndSlug<Row>): Promise<Row | null> {
  if (typeof by.id !== 'string') return loaders.bySlug.load(by.slug ?? '');
  const id = idOf(typename, by.id);
  return id === null ? null : loaders.byId.load(id);
}

/** The thing that an input names by its id, or else by its slug; null when there is none. */
export function loadNamed<Row>(typename: string, text: string, loaders: ByIdAndSlug<Row>): Loaded<Row | null> {
  const reference = referenceTo(typename, text);
  return 'id' in reference ? loaders.byId.load(reference.id) : loaders.bySlug.load(reference.slug);
}

/** What an input names by the id of a `typename`, or else by a slug. */
export function referenceTo(typename: string, text: string): Reference {
  const parts = partsIn(text);
  return parts?.typename === typename ? { id: parts.id } : { slug: text };
}

import { isStaff, type Viewer } from '../../../access/viewer.js';
import { forbidden } from '../../../graphql/errors.js';
import type { ArticleRow } from '../row.js';

/** What readers have not got, a piece's history and its newest revision, is for editors, and for the contributor whose own it is. */
export function refuseOthers(viewer: Viewer, { ownerId }: ArticleRow): void {
  const isOwn = viewer.role === 'contributor' && ownerId === viewer.userId;
  if (!isStaff(viewer) && !isOwn)
    throw forbidden('The history of a piece is for editors, and for its own contributor.');
}

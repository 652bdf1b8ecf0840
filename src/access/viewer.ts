/** Who asks, as far as reading and writing depend on it. */
export type Viewer =
  | { readonly role: 'anyone' }
  | { readonly role: 'contributor' | 'editor' | 'admin'; readonly userId: string; readonly name: string };

export const anyone: Viewer = { role: 'anyone' };

/** Who asks and when: what decides which articles exist for an answer. */
export interface Sight {
  readonly viewer: Viewer;
  readonly now: Date;
}

/** Sees everything, whatever its status. */
export const isStaff = ({ role }: Viewer): boolean => role === 'editor' || role === 'admin';

export type NewsroomRole = 'contributor' | 'editor' | 'admin';

/** A member of the newsroom. */
export interface SignedIn {
  readonly role: NewsroomRole;
  readonly userId: string;
  readonly name: string;
}

/** Who asks, as far as reading and writing depend on it. */
export type Viewer = { readonly role: 'anyone' } | SignedIn;

export const anyone: Viewer = { role: 'anyone' };

/** Who asks and when: what decides which articles exist for an answer. */
export interface Sight {
  readonly viewer: Viewer;
  readonly now: Date;
}

/** Sees everything, whatever its status. */
export const isStaff = ({ role }: Viewer): boolean => role === 'editor' || role === 'admin';

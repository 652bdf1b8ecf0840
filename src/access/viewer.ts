import type { Depth } from '../generated/prisma/enums.js';

export type NewsroomRole = 'contributor' | 'editor' | 'admin';

/** A member of the newsroom. */
export interface SignedIn {
  readonly role: NewsroomRole;
  readonly userId: string;
  readonly name: string;
}

/** What a partner may have. Every bound must hold; one that is null is none. */
export interface Entitlement {
  /** With their descendants. */
  readonly sectionIds: readonly string[] | null;
  readonly tagIds: readonly string[] | null;
  readonly excludedPartnerIds: readonly string[];
  readonly languages: readonly string[] | null;
  readonly depth: Depth;
  /** From the first publication of a piece until this partner has it. */
  readonly delayMinutes: number;
  readonly images: boolean;
  readonly revision: number;
}

/** A partner's key, and how much it may ask for. */
export interface PartnerKey {
  readonly id: string;
  readonly requestsPerMinute: number;
  readonly requestsPerDay: number;
}

/** A partner, by one of its keys. One without an entitlement may have nothing. */
export interface PartnerViewer {
  readonly role: 'partner';
  readonly partnerId: string;
  readonly name: string;
  readonly entitlement: Entitlement | null;
  /** Which key it came with; null where the service itself looks with a partner's eyes. */
  readonly key: PartnerKey | null;
}

/** Who asks, as far as reading and writing depend on it. */
export type Viewer = { readonly role: 'anyone' } | PartnerViewer | SignedIn;

export const anyone: Viewer = { role: 'anyone' };

/** Who asks and when: what decides which articles exist for an answer. */
export interface Sight {
  readonly viewer: Viewer;
  readonly now: Date;
}

/** Sees everything, whatever its status. */
export const isStaff = ({ role }: Viewer): boolean => role === 'editor' || role === 'admin';

/** Is somebody of the newsroom. */
export const isSignedIn = (viewer: Viewer): viewer is SignedIn => viewer.role !== 'anyone' && viewer.role !== 'partner';

/** Who sees what is on the site, for a viewer who may see more: the newsroom's drafts and schedules are elsewhere. */
export const asReader = (viewer: Viewer): Viewer => (viewer.role === 'partner' ? viewer : anyone);

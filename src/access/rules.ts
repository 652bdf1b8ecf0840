import type { Viewer } from './viewer.js';

type ViewerRole = Viewer['role'];

const everyone = ['anyone', 'partner', 'contributor', 'editor', 'admin'] as const;
const newsroom = ['contributor', 'editor', 'admin'] as const;
const editors = ['editor', 'admin'] as const;
const admins = ['admin'] as const;

/**
 * Who may do what: the one table. An action that is not here is nobody's. What a contributor may do is further bounded to
 * their own drafts, by the stores.
 */
export const permitted = {
  read: everyone,
  'write drafts': newsroom,
  'submit drafts': newsroom,
  'read revisions': newsroom,
  'edit anything': editors,
  publish: editors,
  retract: editors,
  'arrange sections': editors,
  'keep authors': editors,
  'keep tags': editors,
  'keep collections': editors,
  'keep partners': admins,
  'keep webhooks': admins,
  'see what partners see': editors,
  'moderate comments': editors,
  'preview drafts': editors,
  'manage users': admins,
  'read the audit log': admins,
} as const satisfies Record<string, readonly ViewerRole[]>;

export type Action = keyof typeof permitted;

export const mayDo = (viewer: Viewer, action: Action): boolean =>
  (permitted[action] as readonly ViewerRole[]).includes(viewer.role);

/** Everything this viewer may do, in the words of the table. */
export const actionsOf = (viewer: Viewer): Action[] =>
  (Object.keys(permitted) as Action[]).filter((action) => mayDo(viewer, action));

/** Why not, and who may: for people. */
export function whyNot({ role }: Viewer, action: Action): string {
  const who = permitted[action].filter((allowed) => allowed !== 'anyone');
  const asked = role === 'anyone' ? 'You are not signed in' : `You are signed in as ${role}`;
  return `${asked}; to ${action} you must be ${who.join(' or ')}.`;
}

import { actionsOf } from '../../access/rules.js';
import type { PartnerViewer, SignedIn } from '../../access/viewer.js';
import type { Role } from '../../generated/prisma/enums.js';
import type { Builder } from '../../graphql/builder.js';

/** A partner's key has a role as well, which no user can be given. */
export type ViewerRole = Role | 'PARTNER';

declare module '../../graphql/builder.js' {
  interface Objects {
    Viewer: SignedIn | PartnerViewer;
  }
}

export function defineViewer(builder: Builder): void {
  builder.objectType('Viewer', {
    description: 'Who the token says you are.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Your name; for a key, its partner’s.' }),
      role: t.field({
        type: 'Role',
        description: 'Your role.',
        resolve: ({ role }) => role.toUpperCase() as ViewerRole,
      }),
      permissions: t.stringList({
        description: 'What you may do, in words: “publish”, “keep authors”.',
        resolve: (viewer) => actionsOf(viewer),
      }),
      partner: t.field({
        type: 'Partner',
        nullable: true,
        description: 'The partner whose key you sent; null for the newsroom.',
        resolve: (viewer, _args, { loaders }) =>
          viewer.role === 'partner' ? loaders.partner.byId.load(viewer.partnerId) : null,
      }),
      entitlement: t.field({
        type: 'Entitlement',
        nullable: true,
        description: 'What your key may read; null for the newsroom, and while nothing is granted.',
        resolve: (viewer, _args, { loaders }) =>
          viewer.role === 'partner' ? loaders.partner.entitlement.load(viewer.partnerId) : null,
      }),
    }),
  });
}

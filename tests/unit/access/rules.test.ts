import { type Action, actionsOf, mayDo, permitted, whyNot } from '../../../src/access/rules.js';
import { anyone, type Viewer } from '../../../src/access/viewer.js';

function viewer(role: Viewer['role']): Viewer {
  if (role === 'anyone') return anyone;
  if (role === 'partner') return { role, partnerId: 'p', name: 'P', entitlement: null, key: null };
  return { role, userId: 'u', name: 'N' };
}
const roles = ['anyone', 'partner', 'contributor', 'editor', 'admin'] as const;

/** What the contract says of each role, said again by hand: A anyone, P partner, C contributor, E editor, D administrator. */
const table: Record<Action, string> = {
  read: 'APCED',
  'write drafts': 'CED',
  'submit drafts': 'CED',
  'read revisions': 'CED',
  'edit anything': 'ED',
  publish: 'ED',
  retract: 'ED',
  'arrange sections': 'ED',
  'keep authors': 'ED',
  'keep tags': 'ED',
  'keep collections': 'ED',
  'moderate comments': 'ED',
  'preview drafts': 'ED',
  'see what partners see': 'ED',
  'keep partners': 'D',
  'keep webhooks': 'D',
  'manage users': 'D',
  'read the audit log': 'D',
};
const letter = { anyone: 'A', partner: 'P', contributor: 'C', editor: 'E', admin: 'D' } as const;

it('has no action that is not held here', () => {
  expect(Object.keys(permitted).sort()).toEqual(Object.keys(table).sort());
});

describe.each(roles)('%s', (role) => {
  it.each(Object.entries(table) as [Action, string][])('may %s: %s', (action, who) => {
    expect(mayDo(viewer(role), action)).toBe(who.includes(letter[role]));
  });

  it('is told what they may do in the same words', () => {
    expect(actionsOf(viewer(role))).toEqual(
      (Object.keys(permitted) as Action[]).filter((action) => table[action].includes(letter[role])),
    );
  });
});

it('every higher role may do whatever a lower one may', () => {
  for (const action of Object.keys(permitted) as Action[]) {
    const may = roles.map((role) => mayDo(viewer(role), action));
    expect(may).toEqual([...may].sort());
  }
});

it('a refusal says who asked and who may', () => {
  expect(whyNot(anyone, 'publish')).toBe('You are not signed in; to publish you must be editor or admin.');
  expect(whyNot(viewer('editor'), 'manage users')).toBe(
    'You are signed in as editor; to manage users you must be admin.',
  );
});

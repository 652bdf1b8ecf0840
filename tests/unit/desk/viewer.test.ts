import { buildSchema } from 'graphql';
import { complaintIn, viewerFrom, viewerQuery } from '../../../desk/viewer.js';

describe('what the desk asks to learn who is there', () => {
  it.each([
    [
      'everything',
      'type Query { viewer: V } type V { name: String! role: R! permissions: [String!]! } enum R { EDITOR }',
      'query WhoAmI { viewer { name role permissions } }',
    ],
    ['a name only', 'type Query { viewer: V! } type V { name: String! }', 'query WhoAmI { viewer { name } }'],
    [
      'a role that is an object, which it leaves out',
      'type Query { viewer: V } type V { name: String! role: R } type R { id: ID }',
      'query WhoAmI { viewer { name } }',
    ],
    ['nothing, for want of a viewer', 'type Query { a: Int }', null],
    ['nothing, for want of a name', 'type Query { viewer: V } type V { role: String }', null],
    ['nothing, where the viewer is no object', 'type Query { viewer: String }', null],
  ])('is %s', (_what, sdl, query) => expect(viewerQuery(buildSchema(sdl))).toBe(query));
});

describe('the answer', () => {
  it('is read as people say it', () => {
    const viewer = {
      name: 'Ada',
      role: 'EDITOR',
      permissions: ['publishArticle', 'MODERATE_COMMENTS', 'token:create'],
    };
    expect(viewerFrom({ data: { viewer } })).toEqual({
      name: 'Ada',
      role: 'editor',
      permissions: ['publish article', 'moderate comments', 'token create'],
    });
  });

  it.each([[{ data: { viewer: null } }], [{ data: null, errors: [{ message: 'x' }] }], [null], ['text'], [[]]])(
    'holds nobody in %j',
    (answer) => expect(viewerFrom(answer)).toBeNull(),
  );

  it.each([
    [{ errors: [{ message: 'Too many requests.' }] }, 'Too many requests.'],
    [{ errors: [] }, null],
    [{ data: {} }, null],
    [undefined, null],
  ])('complains, in %j, of %s', (answer, complaint) => expect(complaintIn(answer)).toBe(complaint));
});

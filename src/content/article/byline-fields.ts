import type { BylineRole } from '../../generated/prisma/enums.js';
import type { Builder } from '../../graphql/builder.js';
import type { BylineRow } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Byline: BylineRow;
  }
  interface Enums {
    BylineRole: { Input: BylineRole; Output: BylineRole };
  }
}

export function defineByline(builder: Builder): void {
  builder.enumType('BylineRole', {
    description: 'What somebody did for a piece.',
    values: {
      WRITER: { description: 'Wrote it.' },
      EDITOR: { description: 'Edited it.' },
      PHOTOGRAPHER: { description: 'Took the pictures.' },
      TRANSLATOR: { description: 'Translated it.' },
      ILLUSTRATOR: { description: 'Drew the pictures.' },
      CONTRIBUTOR: { description: 'Contributed reporting.' },
    },
  });

  builder.objectType('Byline', {
    description:
      'One name on a piece, as it stood when the piece was published. Later changes to the author leave it alone.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'The name as printed.' }),
      author: t.field({
        type: 'Author',
        nullable: true,
        description: 'The author as known today; null for a name that stands on this piece alone.',
        resolve: ({ authorId }, _args, { loaders }) => (authorId ? loaders.author.byId.load(authorId) : null),
      }),
      role: t.expose('role', { type: 'BylineRole', description: 'What they did for this piece.' }),
      affiliation: t.exposeString('affiliation', { nullable: true, description: 'Where they worked or taught then.' }),
      note: t.exposeString('note', {
        nullable: true,
        description: 'The footnote under the piece that says who this is.',
      }),
      position: t.exposeInt('position', { description: 'Its place among the bylines, from 1.' }),
    }),
  });
}

import type { Builder } from '../../graphql/builder.js';
import type { BodyRow } from './read.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    ArticleBody: BodyRow;
  }
}

export function defineBody(builder: Builder): void {
  builder.objectType('ArticleBody', {
    description: 'The words of a piece, in the form asked for; all come from one syntax tree.',
    fields: (t) => ({
      html: t.exposeString('html', { description: 'Sanitised HTML: safe to put into a page as it is.' }),
      wordCount: t.exposeInt('wordCount', { description: 'How many words it has.' }),
    }),
  });
}

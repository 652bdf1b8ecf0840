import type { Builder } from '../../graphql/builder.js';
import type { ImageRow } from './loaders.js';

declare module '../../graphql/builder.js' {
  interface Objects {
    Image: ImageRow;
  }
}

export function defineImage(builder: Builder): void {
  builder.objectType('Image', {
    description: 'A picture with the words and the credit that belong to it where it stands.',
    fields: (t) => ({
      url: t.expose('url', { type: 'URL', description: 'Where the picture is.' }),
      alt: t.exposeString('alt', { description: 'What it shows, for those who do not see it. May be empty.' }),
      caption: t.exposeString('caption', { nullable: true, description: 'The line under it.' }),
      credit: t.exposeString('credit', {
        nullable: true,
        description: 'Whose picture it is; print it with the picture.',
      }),
      width: t.exposeInt('width', { nullable: true, description: 'Width in pixels, where known.' }),
      height: t.exposeInt('height', { nullable: true, description: 'Height in pixels, where known.' }),
    }),
  });
}

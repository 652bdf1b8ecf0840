import type { Builder } from '../../graphql/builder.js';
import { about } from '../../graphql/limits/prices.js';
import { feedFormats } from '../feed/formats/list.js';
import { type Contact, type PublicationRow, readPublication } from './read.js';

interface FeedAddress {
  title: string;
  url: string;
  mediaType: string;
}

declare module '../../graphql/builder.js' {
  interface Objects {
    Publication: PublicationRow;
    PublicationContact: Contact;
    FeedAddress: FeedAddress;
  }
}

export function definePublication(builder: Builder): void {
  builder.objectType('PublicationContact', {
    description: 'How to reach the newsroom.',
    fields: (t) => ({
      email: t.string({ nullable: true, description: 'An e-mail address.', resolve: ({ email }) => email ?? null }),
      phone: t.string({ nullable: true, description: 'A telephone number.', resolve: ({ phone }) => phone ?? null }),
      address: t.string({
        nullable: true,
        description: 'A postal address.',
        resolve: ({ address }) => address ?? null,
      }),
    }),
  });
  builder.objectType('FeedAddress', {
    description: 'Where a feed of the paper can be read.',
    fields: (t) => ({
      title: t.exposeString('title', { description: 'Its format, as people call it.' }),
      url: t.expose('url', { type: 'URL', description: 'Its address.' }),
      mediaType: t.exposeString('mediaType', { description: 'Its media type.' }),
    }),
  });
  builder.objectType('Publication', {
    description: 'The paper itself.',
    fields: (t) => ({
      name: t.string({ description: 'Its name.', resolve: (_row, _args, { site }) => site.name }),
      description: t.exposeString('description', { nullable: true, description: 'What it is, in a sentence.' }),
      url: t.field({ type: 'URL', description: 'Its address.', resolve: (_row, _args, { site }) => site.url }),
      language: t.string({
        description: 'The language it speaks when a piece says nothing else (BCP 47).',
        resolve: (_row, _args, { site }) => site.language,
      }),
      timeZone: t.string({
        description: 'The time zone its dates are in, by IANA name.',
        resolve: (_row, _args, { site }) => site.timeZone,
      }),
      contact: t.field({
        type: 'PublicationContact',
        nullable: true,
        description: 'How to reach the newsroom.',
        resolve: ({ contact }) => contact,
      }),
      links: t.field({ type: ['URL'], description: 'Its pages elsewhere.', resolve: ({ links }) => links }),
      feeds: t.field({
        type: ['FeedAddress'],
        complexity: about(5),
        description: 'Its latest pieces as feeds.',
        resolve: (_row, _args, { site }) =>
          feedFormats.map(({ title, extension, mediaType }) => ({
            title,
            url: `${site.url}/feeds/latest.${extension}`,
            mediaType,
          })),
      }),
    }),
  });

  builder.queryField('publication', (t) =>
    t.field({
      type: 'Publication',
      description: 'The paper itself: name, language, contact, feeds.',
      resolve: (_root, _args, { db }) => readPublication(db),
    }),
  );
}

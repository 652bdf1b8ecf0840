import type { Builder } from '../../graphql/builder.js';
import type { Loaders } from '../../graphql/context.js';
import { about, words } from '../../graphql/limits/prices.js';
import type { Block, BlockOf, ListItem, Passage } from './body/block-types.js';
import type { Mark, Span } from './body/spans.js';
import { readingMinutesOf } from './body/text.js';
import { type BodyRow, emptyTree } from './read.js';
import { blocksIn, markdownIn, textIn } from './words/words.js';

interface TableRow {
  cells: Passage[];
}

declare module '../../graphql/builder.js' {
  interface Objects {
    ArticleBody: BodyRow;
    Paragraph: BlockOf<'paragraph'>;
    Heading: BlockOf<'heading'>;
    Quote: BlockOf<'quote'>;
    List: BlockOf<'list'>;
    ImageBlock: BlockOf<'image'>;
    Embed: BlockOf<'embed'>;
    Code: BlockOf<'code'>;
    Table: BlockOf<'table'>;
    Divider: BlockOf<'divider'>;
    TextSpan: Span;
    Passage: Passage;
    ListItem: ListItem;
    TableRow: TableRow;
  }
  interface Interfaces {
    Block: Block;
  }
  interface Enums {
    TextMark: { Input: Mark; Output: Mark };
  }
}

const typenames = {
  paragraph: 'Paragraph',
  heading: 'Heading',
  quote: 'Quote',
  list: 'List',
  image: 'ImageBlock',
  embed: 'Embed',
  code: 'Code',
  table: 'Table',
  divider: 'Divider',
} as const satisfies Record<Block['type'], string>;

const inThreeForms = {
  text: 'Its words as plain text.',
  spans: 'Its words with what is set off and what is linked, for a client that does not render HTML.',
  html: 'Its words as sanitised HTML, without the outer element.',
} as const;

/** The tree of a body, as JSON. */
const treeOf = async ({ articleId, tree }: BodyRow, loaders: Loaders): Promise<string> =>
  tree ?? (await loaders.article.tree.load(articleId))?.tree ?? emptyTree;

export function defineBody(builder: Builder): void {
  builder.objectType('ArticleBody', {
    description: 'The words of a piece, in the form asked for; all forms come from one syntax tree.',
    fields: (t) => ({
      html: t.exposeString('html', {
        complexity: words,
        description: 'Sanitised HTML: safe to put into a page as it is.',
      }),
      text: t.string({
        complexity: words,
        description: 'Plain text, paragraphs separated by an empty line.',
        resolve: async (body, _args, { loaders }) => textIn(await treeOf(body, loaders)),
      }),
      markdown: t.string({
        complexity: words,
        description: 'Markdown: CommonMark with the tables of GitHub.',
        resolve: async (body, _args, { loaders }) => markdownIn(await treeOf(body, loaders)),
      }),
      blocks: t.field({
        type: ['Block'],
        // Each is of one kind, and what is asked of every kind is added up.
        complexity: { field: 10, multiplier: 2 },
        description: 'Its parts in order: what a phone can show without rendering HTML.',
        resolve: async (body, _args, { loaders }) => blocksIn(await treeOf(body, loaders)),
      }),
      wordCount: t.exposeInt('wordCount', { description: 'How many words it has.' }),
      readingMinutes: t.int({
        description: 'How many minutes it takes to read, at least 1 where there is anything to read.',
        resolve: ({ wordCount }) => readingMinutesOf(wordCount),
      }),
    }),
  });

  builder.interfaceType('Block', {
    description: 'One part of a body.',
    resolveType: ({ type }) => typenames[type],
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Names this block in this body; the same words at the same place keep it.' }),
    }),
  });
  defineWords(builder);
  defineTextBlocks(builder);
  defineOtherBlocks(builder);
}

function defineWords(builder: Builder): void {
  builder.enumType('TextMark', {
    description: 'How words are set off.',
    values: {
      BOLD: { description: 'Strong.' },
      ITALIC: { description: 'Emphasised.' },
      CODE: { description: 'As a program or a machine writes it.' },
      STRIKE: { description: 'Struck out.' },
      SUP: { description: 'Raised, as a footnote’s number.' },
      SUB: { description: 'Lowered.' },
    },
  });
  builder.objectType('TextSpan', {
    description: 'A run of words that look alike.',
    fields: (t) => ({
      text: t.exposeString('text', { description: 'The words.' }),
      marks: t.expose('marks', { type: ['TextMark'], complexity: about(1), description: 'How they are set off.' }),
      href: t.exposeString('href', { nullable: true, description: 'Where they lead, when they are a link.' }),
    }),
  });
  builder.objectType('Passage', {
    description: 'Words in three forms.',
    fields: (t) => ({
      text: t.exposeString('text', { description: inThreeForms.text }),
      spans: t.expose('spans', { type: ['TextSpan'], complexity: about(2), description: inThreeForms.spans }),
      html: t.exposeString('html', { description: inThreeForms.html }),
    }),
  });
  builder.objectType('ListItem', {
    description: 'One item of a list.',
    fields: (t) => ({
      text: t.exposeString('text', { description: inThreeForms.text }),
      spans: t.expose('spans', { type: ['TextSpan'], complexity: about(2), description: inThreeForms.spans }),
      html: t.exposeString('html', { description: inThreeForms.html }),
      depth: t.exposeInt('depth', {
        description: '0 for an item of the list itself, 1 for one of a list within it, and so on.',
      }),
      ordered: t.exposeBoolean('ordered', { description: 'Whether the list it is directly in is numbered.' }),
    }),
  });
  builder.objectType('TableRow', {
    description: 'One row of a table.',
    fields: (t) => ({
      cells: t.expose('cells', { type: ['Passage'], complexity: about(3), description: 'Its cells in order.' }),
    }),
  });
}

function defineTextBlocks(builder: Builder): void {
  builder.objectType('Paragraph', {
    description: 'A paragraph.',
    interfaces: ['Block'],
    fields: (t) => ({
      text: t.exposeString('text', { description: inThreeForms.text }),
      spans: t.expose('spans', { type: ['TextSpan'], complexity: about(2), description: inThreeForms.spans }),
      html: t.exposeString('html', { description: inThreeForms.html }),
    }),
  });
  builder.objectType('Heading', {
    description: 'A heading within the piece.',
    interfaces: ['Block'],
    fields: (t) => ({
      level: t.exposeInt('level', { description: '2 for a part, 3 for a part of that, down to 6.' }),
      text: t.exposeString('text', { description: inThreeForms.text }),
      spans: t.expose('spans', { type: ['TextSpan'], complexity: about(2), description: inThreeForms.spans }),
      html: t.exposeString('html', { description: inThreeForms.html }),
    }),
  });
  builder.objectType('Quote', {
    description: 'Somebody else’s words, set apart.',
    interfaces: ['Block'],
    fields: (t) => ({
      text: t.exposeString('text', { description: inThreeForms.text }),
      spans: t.expose('spans', { type: ['TextSpan'], complexity: about(2), description: inThreeForms.spans }),
      html: t.exposeString('html', { description: inThreeForms.html }),
      cite: t.exposeString('cite', { nullable: true, description: 'Whose words they are.' }),
      url: t.exposeString('url', { nullable: true, description: 'Where they stand.' }),
    }),
  });
  builder.objectType('Code', {
    description: 'Text as a program or a machine writes it; white space matters.',
    interfaces: ['Block'],
    fields: (t) => ({
      text: t.exposeString('text', { description: 'The text.' }),
      language: t.exposeString('language', { nullable: true, description: 'Its language, where it is named.' }),
    }),
  });
}

function defineOtherBlocks(builder: Builder): void {
  builder.objectType('List', {
    description: 'A list.',
    interfaces: ['Block'],
    fields: (t) => ({
      ordered: t.exposeBoolean('ordered', { description: 'Whether it is numbered.' }),
      start: t.exposeInt('start', { description: 'The number of its first item.' }),
      items: t.expose('items', {
        type: ['ListItem'],
        complexity: about(4),
        description: 'Its items in order, those of inner lists after the one they stand in.',
      }),
      text: t.exposeString('text', { description: 'The whole as plain text.' }),
      html: t.exposeString('html', { description: 'The whole as sanitised HTML.' }),
    }),
  });
  builder.objectType('ImageBlock', {
    description: 'A picture within the piece.',
    interfaces: ['Block'],
    fields: (t) => ({
      url: t.expose('url', { type: 'URL', description: 'Where the picture is.' }),
      alt: t.exposeString('alt', { description: 'What it shows, for those who do not see it.' }),
      caption: t.exposeString('caption', { nullable: true, description: 'The line under it.' }),
      credit: t.exposeString('credit', {
        nullable: true,
        description: 'Whose picture it is; print it with the picture.',
      }),
      width: t.exposeInt('width', { nullable: true, description: 'Width in pixels, where known.' }),
      height: t.exposeInt('height', { nullable: true, description: 'Height in pixels, where known.' }),
    }),
  });
  builder.objectType('Embed', {
    description: 'Something shown from another site: a film, a post, a chart.',
    interfaces: ['Block'],
    fields: (t) => ({
      provider: t.exposeString('provider', { description: 'Whose it is, such as YouTube.' }),
      url: t.expose('url', { type: 'URL', description: 'Where it can be seen.' }),
      title: t.exposeString('title', { nullable: true, description: 'What it is called.' }),
      caption: t.exposeString('caption', { nullable: true, description: 'The line under it.' }),
      html: t.exposeString('html', { description: 'The frame to put into a page.' }),
    }),
  });
  builder.objectType('Table', {
    description: 'A table.',
    interfaces: ['Block'],
    fields: (t) => ({
      caption: t.exposeString('caption', { nullable: true, description: 'The line over it.' }),
      header: t.field({
        type: 'TableRow',
        nullable: true,
        description: 'Its heads, where it has them.',
        resolve: ({ header }) => header && { cells: header },
      }),
      rows: t.field({
        type: ['TableRow'],
        complexity: about(5),
        description: 'Its rows.',
        resolve: ({ rows }) => rows.map((cells) => ({ cells })),
      }),
      html: t.exposeString('html', { description: 'The whole as sanitised HTML.' }),
    }),
  });
  builder.objectType('Divider', { description: 'A pause between parts.', interfaces: ['Block'] });
}

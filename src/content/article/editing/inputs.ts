import type { Builder } from '../../../graphql/builder.js';
import type { ArticleChanges, BylineChanges, ImageChanges, SourceChanges } from './changes.js';

declare module '../../../graphql/builder.js' {
  interface Inputs {
    ArticleBodyInput: { html?: string | null | undefined; markdown?: string | null | undefined };
    BylineInput: BylineChanges;
    ImageInput: ImageChanges;
    ArticleSourceInput: SourceChanges;
    CreateArticleInput: ArticleChanges & { headline: string; section: string };
    UpdateArticleInput: ArticleChanges & {
      id: string;
      expectedRevision: number;
      note?: string | null | undefined;
      autosave?: boolean | null | undefined;
    };
  }
}

/** What an editor writes with: the inputs of createArticle and updateArticle. */
export function defineArticleInputs(builder: Builder): void {
  builder.inputType('ArticleBodyInput', {
    isOneOf: true,
    description: 'The words of a piece, as HTML or as Markdown. Either is sanitised into the same body.',
    fields: (t) => ({
      html: t.string({ description: 'HTML.' }),
      markdown: t.string({ description: 'Markdown: CommonMark with the tables and strikethrough of GitHub.' }),
    }),
  });
  builder.inputType('BylineInput', {
    description: 'One name on a piece.',
    fields: (t) => ({
      author: t.string({ description: 'Slug of an author; absent for a name that stands on this piece alone.' }),
      name: t.string({ description: 'The name as printed; the author’s own when absent.' }),
      role: t.field({ type: 'BylineRole', description: 'What they did; WRITER when absent.' }),
      affiliation: t.string({
        description: 'As it is to stand on this piece; the author’s present one when absent, none when null.',
      }),
      note: t.string({ description: 'A footnote that says who this is.' }),
    }),
  });
  builder.inputType('ImageInput', {
    description: 'A picture by its address.',
    fields: (t) => ({
      url: t.field({ type: 'URL', required: true, description: 'Where the picture is: `https://` or `http://`.' }),
      alt: t.string({ required: true, description: 'What it shows, for those who do not see it.' }),
      caption: t.string({ description: 'The line under it.' }),
      credit: t.string({ description: 'Whose picture it is.' }),
      width: t.int({ description: 'Width in pixels.' }),
      height: t.int({ description: 'Height in pixels.' }),
    }),
  });
  builder.inputType('ArticleSourceInput', {
    description: 'Where a piece came from.',
    fields: (t) => ({
      partner: t.string({ required: true, description: 'Slug of the partner that lent it.' }),
      attribution: t.string({ description: 'The line printed under it; the partner’s own when absent.' }),
      originalUrl: t.field({ type: 'URL', description: 'Where the partner first published it.' }),
      license: t.string({ description: 'On what terms; the partner’s own when absent.' }),
    }),
  });
  builder.inputType('CreateArticleInput', {
    description: 'A new draft.',
    fields: (t) => ({
      headline: t.string({ required: true, description: 'The headline, as plain text.' }),
      section: t.string({ required: true, description: 'Slug of the section it stands in.' }),
      slug: t.string({ description: 'Its short name in addresses; made from the headline when absent.' }),
      standfirst: t.string({ description: 'One plain paragraph set above the body.' }),
      body: t.field({ type: 'ArticleBodyInput', description: 'Its words.' }),
      language: t.string({ description: 'BCP 47; the publication’s when absent.' }),
      bylines: t.field({ type: ['BylineInput'], description: 'Who made it, in order.' }),
      tags: t.stringList({ description: 'Slugs of tags, most important first.' }),
      leadImage: t.field({ type: 'ImageInput', description: 'The picture over it.' }),
      source: t.field({ type: 'ArticleSourceInput', description: 'The partner that lent it.' }),
      commentsOpen: t.boolean({ description: 'Whether readers may comment; they may when absent.' }),
    }),
  });
  builder.inputType('UpdateArticleInput', {
    description: 'What is to change of a piece; what is absent stays.',
    fields: (t) => ({
      id: t.id({ required: true, description: 'Its id.' }),
      expectedRevision: t.int({
        required: true,
        description: '`revision` as you read it; the save is refused when there is a newer one.',
      }),
      headline: t.string({ description: 'The headline, as plain text.' }),
      section: t.string({ description: 'Slug of the section it stands in.' }),
      slug: t.string({ description: 'Its short name in addresses. A former address goes on leading to it.' }),
      standfirst: t.string({ description: 'One plain paragraph set above the body; null for none.' }),
      body: t.field({ type: 'ArticleBodyInput', description: 'Its words.' }),
      language: t.string({ description: 'BCP 47.' }),
      bylines: t.field({ type: ['BylineInput'], description: 'Who made it, in order: all of them.' }),
      tags: t.stringList({ description: 'Slugs of tags, most important first: all of them.' }),
      leadImage: t.field({ type: 'ImageInput', description: 'The picture over it; null for none.' }),
      source: t.field({
        type: 'ArticleSourceInput',
        description: 'The partner that lent it; null for a piece of our own.',
      }),
      commentsOpen: t.boolean({ description: 'Whether readers may comment.' }),
      note: t.string({ description: 'What was changed, for the history.' }),
      autosave: t.boolean({
        description:
          'Saved by the editor’s program rather than by hand: within a minute of your last autosave it takes that one’s place.',
      }),
    }),
  });
}

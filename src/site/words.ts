/** What the site itself says, in the language of the publication where it is one of these. */
const english = {
  skip: 'To the text',
  sections: 'Sections',
  search: 'Search',
  searchFor: 'Search for',
  searchHint: 'Words in quotes stand together; a minus before a word leaves out pieces that have it.',
  nothingFound: (query: string) => `Nothing was found for “${query}”.`,
  found: (count: number, isComplete: boolean) =>
    isComplete
      ? count === 1
        ? '1 piece'
        : `${count} pieces`
      : `The newest ${count} of more pieces; narrow it to reach the others.`,
  correctedFrom: (query: string) => `Nothing was found for “${query}”. Did you mean`,
  narrow: 'Narrow it',
  narrowed: 'Only',
  widen: (name: string) => `Search without ${name}`,
  facets: { section: 'Section', author: 'Author', tag: 'Topic', year: 'Year' },
  orderBy: 'Order',
  byRelevance: 'Best first',
  byDate: 'Newest first',
  moreFound: 'More results',
  firstFound: 'First results',
  latest: 'Latest',
  latestEmpty: 'Nothing has been published yet.',
  trending: 'Trending',
  publications: 'Publications',
  connect: 'Connect with us',
  feeds: 'Feeds',
  home: 'Front page',
  publishedOn: 'Published on',
  updatedOn: 'Updated on',
  authors: 'Authors',
  author: 'Author',
  imageCredit: 'Image credit',
  minutes: (count: number) => `${count} min read`,
  originally: 'Originally published here',
  corrections: 'Corrections',
  topics: 'Topics',
  continueReading: 'Continue Reading',
  previously: 'Newer in this section',
  related: 'Related',
  comments: 'Comments',
  commentCount: (count: number) => (count === 1 ? '1 comment' : `${count} comments`),
  noComments: 'Nobody has written here yet.',
  commentsClosed: 'Comments are closed.',
  writeComment: 'Write a comment',
  commentName: 'Your name',
  commentText: 'Your comment',
  commentHint: 'Plain text; addresses become links. No account is needed, and your address is not kept.',
  commentSend: 'Send the comment',
  commentHeld: 'Thank you. Your comment waits for a moderator, and will stand here once it is approved.',
  commentShown: 'Thank you. Your comment stands here now.',
  answer: 'Answer',
  answerTo: (name: string) => `Answer ${name}`,
  answerSend: 'Send the answer',
  commentFields: { author: 'Your name', text: 'Your comment', parent: 'Your answer' } as Readonly<
    Record<string, string>
  >,
  moreComments: 'More comments',
  older: 'Older pieces',
  newer: 'Newer pieces',
  nothingHere: 'There is nothing here yet.',
  parts: 'Parts',
  pieces: (count: number) => (count === 1 ? '1 piece' : `${count} pieces`),
  notFound: 'There is no such page',
  notFoundWhy: 'The address is wrong, or was never one of ours.',
  gone: 'This piece was taken off the site',
  goneOn: 'Taken off on',
  preview: (revision: number) => `Preview of revision ${revision}. Readers do not see this.`,
  series: 'Series',
  publication: 'Publication',
  package: 'Package',
  roles: {
    CONTRIBUTOR: 'Reporting',
    EDITOR: 'Edited by',
    ILLUSTRATOR: 'Illustrations',
    PHOTOGRAPHER: 'Photographs',
    TRANSLATOR: 'Translated by',
    WRITER: 'Written by',
  },
};

export type Words = typeof english;

export const words: Words = english;
/** The language that {@link words} are in. */
export const language = 'en';

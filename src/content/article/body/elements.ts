const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Elements of a line of text; of content they hold only such. */
export const inlineElements = set(
  'a abbr b br cite code del em i img ins kbd mark q s small span strong sub sup time u',
);

/** Inline elements that say nothing more when they stand in one another. */
export const idempotentElements = set('a b code del em i ins mark s span strong u');

/** Blocks that hold one run of text, and no block. */
export const textBlocks = set('p h2 h3 h4 h5 h6 pre');

/** Elements that only group, here taken for the paragraphs they hold. */
export const groupingElements = set(
  'address article aside body center details dialog div fieldset footer form header hgroup legend main nav search section summary li dd dt figcaption',
);

/** What is removed with all it holds, and what a receipt calls it: one, several. */
export const removedElements: ReadonlyMap<string, readonly [string, string]> = new Map(
  (
    [
      ['script', 'a script', 'scripts'],
      ['style', 'a style sheet', 'style sheets'],
      ['svg', 'a drawing (svg)', 'drawings (svg)'],
      ['math', 'a formula (MathML)', 'formulas (MathML)'],
      ['object', 'an object', 'objects'],
      ['embed', 'a plug-in', 'plug-ins'],
      ['applet', 'an applet', 'applets'],
      ['input', 'a form field', 'form fields'],
      ['select', 'a form field', 'form fields'],
      ['textarea', 'a form field', 'form fields'],
      ['template', 'a template', 'templates'],
      ['noscript', 'a fallback for scripts (noscript)', 'fallbacks for scripts (noscript)'],
      ['title', 'a page title', 'page titles'],
      ['meta', 'a meta element', 'meta elements'],
      ['link', 'a link element', 'link elements'],
      ['base', 'a base address', 'base addresses'],
      ['canvas', 'a canvas', 'canvases'],
      ['frameset', 'a frame', 'frames'],
      ['frame', 'a frame', 'frames'],
      ['xmp', 'an xmp element', 'xmp elements'],
      ['noembed', 'a noembed element', 'noembed elements'],
      ['noframes', 'a noframes element', 'noframes elements'],
      ['plaintext', 'a plaintext element', 'plaintext elements'],
    ] as const
  ).map(([name, one, several]) => [name, [one, several]]),
);

/** Elements of old that have a successor of the same meaning. */
export const successorOf: ReadonlyMap<string, string> = new Map([
  ['h1', 'h2'],
  ['strike', 's'],
  ['tt', 'code'],
  ['samp', 'code'],
  ['acronym', 'abbr'],
  ['dir', 'ul'],
  ['menu', 'ul'],
  ['listing', 'pre'],
]);

/** For each part of a table, the parts it holds. */
export const tableParts: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['table', set('caption colgroup thead tbody tfoot')],
  ['colgroup', set('col')],
  ['thead', set('tr')],
  ['tbody', set('tr')],
  ['tfoot', set('tr')],
  ['tr', set('td th')],
]);

/** HTML, section 13.1.2, "Void elements": those that this tree can hold. */
export const voidElements = set('br col hr img');

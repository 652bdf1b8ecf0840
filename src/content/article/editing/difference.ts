import { diffLines, diffWordsWithSpace, structuredPatch } from 'diff';

/** A run of lines that two revisions do not share, with the lines around it. */
export interface Hunk {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  /** Each begins with a space, `-` or `+`, as in a unified diff. */
  lines: string[];
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);

/**
 * Texts that differ in more are not compared further: what that takes grows with the square of the number (3,000 words 1 s,
 * 20,000 half a minute). Words are compared in each passage that changed, lines once.
 */
const most = { words: { maxEditLength: 1000 }, lines: { maxEditLength: 3000 } } as const;

/** Words that went in `<del>`, words that came in `<ins>`, everything escaped. */
export function markedDifference(before: string, after: string): string {
  const parts = diffWordsWithSpace(before, after, most.words) ?? allOf(before, after);
  return parts
    .map(({ added, removed, value }) => {
      const text = escaped(value);
      return added ? `<ins>${text}</ins>` : removed ? `<del>${text}</del>` : text;
    })
    .join('');
}

const allOf = (before: string, after: string) => [
  { removed: true, added: false, value: before },
  { removed: false, added: true, value: after },
];

const wholeHunk = (before: readonly string[], after: readonly string[]): Hunk => ({
  oldStart: 1,
  oldLines: before.length,
  newStart: 1,
  newLines: after.length,
  lines: [...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)],
});

/** Paragraph by paragraph: those that are alike whole, those that changed word by word. */
export function markedParagraphs(before: string, after: string): string {
  const parts = diffLines(before, after, most.lines) ?? allOf(before, after);
  const html: string[] = [];
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index];
    const following = parts[index + 1];
    if (part?.removed && following?.added) {
      html.push(markedDifference(part.value, following.value));
      index += 1;
    } else if (part) {
      const text = escaped(part.value);
      html.push(part.added ? `<ins>${text}</ins>` : part.removed ? `<del>${text}</del>` : text);
    }
  }
  return html
    .join('')
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p>${paragraph.trim()}</p>`)
    .join('\n');
}

/** The same as hunks of lines. */
export function hunksBetween(before: string, after: string): Hunk[] {
  const patch = structuredPatch('before', 'after', before, after, undefined, undefined, { context: 2, ...most.lines });
  if (!patch) return [wholeHunk(before.split('\n'), after.split('\n'))];
  return patch.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => {
    return { oldStart, oldLines, newStart, newLines, lines };
  });
}

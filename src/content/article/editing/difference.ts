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

/** Words that went in `<del>`, words that came in `<ins>`, everything escaped. */
export function markedDifference(before: string, after: string): string {
  return diffWordsWithSpace(before, after)
    .map(({ added, removed, value }) => {
      const text = escaped(value);
      return added ? `<ins>${text}</ins>` : removed ? `<del>${text}</del>` : text;
    })
    .join('');
}

/** Paragraph by paragraph: those that are alike whole, those that changed word by word. */
export function markedParagraphs(before: string, after: string): string {
  const parts = diffLines(before, after);
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
export const hunksBetween = (before: string, after: string): Hunk[] =>
  structuredPatch('before', 'after', before, after, undefined, undefined, { context: 2 }).hunks.map(
    ({ oldStart, oldLines, newStart, newLines, lines }) => ({ oldStart, oldLines, newStart, newLines, lines }),
  );

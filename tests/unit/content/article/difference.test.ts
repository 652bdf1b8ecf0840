import {
  hunksBetween,
  markedDifference,
  markedParagraphs,
} from '../../../../src/content/article/editing/difference.js';

const numbered = (count: number, word: string, separator: string): string =>
  Array.from({ length: count }, (_, index) => `${word}${index}`).join(separator);

describe('texts that differ in more than is compared', () => {
  it('in words: the one is gone and the other is new', () => {
    const [before, after] = [numbered(3000, 'a', ' '), numbered(3000, 'b', ' ')];
    expect(markedDifference(before, after)).toBe(`<del>${before}</del><ins>${after}</ins>`);
  });

  it('in lines: they are one hunk, and as paragraphs the one is gone and the other is new', () => {
    const [before, after] = [numbered(4000, 'a', '\n'), numbered(4000, 'b', '\n')];
    const [hunk, ...others] = hunksBetween(before, after);
    expect(others).toEqual([]);
    expect(hunk).toMatchObject({ oldStart: 1, oldLines: 4000, newStart: 1, newLines: 4000 });
    expect(hunk?.lines.slice(3999, 4001)).toEqual(['-a3999', '+b0']);
    expect(markedParagraphs(before, after)).toBe(`<p><del>${before}</del><ins>${after}</ins></p>`);
  });
});

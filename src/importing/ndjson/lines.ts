import type { Source } from '../source.js';

export interface Line {
  /** Counted from 1. */
  number: number;
  /** Null for a line longer than may be held. */
  text: string | null;
}

/** The lines of a source that are not blank. One longer than `limit` characters is passed over, not kept in memory. */
export async function* linesOf(source: Source, limit: number): AsyncGenerator<Line> {
  let number = 1;
  let pieces: string[] = [];
  let length = 0;
  const line = (): Line | null => {
    const text = length > limit ? null : pieces.join('').trim();
    pieces = [];
    length = 0;
    return text === '' ? null : { number, text };
  };
  for await (const characters of source.text()) {
    let start = 0;
    for (let end = characters.indexOf('\n'); end !== -1; end = characters.indexOf('\n', start)) {
      add(characters.slice(start, end));
      const complete = line();
      if (complete) yield complete;
      number += 1;
      start = end + 1;
    }
    add(characters.slice(start));
  }
  const last = line();
  if (last) yield last;

  function add(piece: string): void {
    length += piece.length;
    if (length > limit) pieces = [];
    else if (piece !== '') pieces.push(piece);
  }
}

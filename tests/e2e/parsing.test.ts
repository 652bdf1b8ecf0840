import type { parsingBeside as ParsingBeside } from '../../src/importing/parsing.js';

const built = new URL('../../dist/importing/parsing.js', import.meta.url).href;

/** A body of about so many characters, most of them in elements. */
const bodyOf = (length: number, name: string) => {
  const paragraph = `<p>The <em>harbour</em> of ${name} was <strong>quiet</strong> when the <em>ships</em> came in.</p>\n`;
  return paragraph.repeat(Math.ceil(length / paragraph.length));
};

it('many long bodies, and one of very many characters, are parsed on the thread beside within its memory', async () => {
  const { parsingBeside } = (await import(built)) as { parsingBeside: typeof ParsingBeside };
  const { parse, end } = parsingBeside();
  try {
    const lengths = [...Array.from({ length: 150 }, () => 67_000), 500_000, 10];
    const bodies = lengths.map((length, index) => ({ html: bodyOf(length, `place ${index}`), options: {} }));
    const parsed = await parse(bodies);
    expect(parsed.map(({ tree }) => /place \d+/.exec(tree)?.[0])).toEqual(bodies.map((_, index) => `place ${index}`));
  } finally {
    await end();
  }
});

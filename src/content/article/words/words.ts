import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Thread } from '../../../beside.js';
import { inTime } from '../../../turns.js';
import type { Block } from '../body/block-types.js';
import { parseBody, type ParseOptions, storable, type StorableBody } from '../body/parse.js';
import type { Hunk } from '../editing/difference.js';
import * as work from './work.js';

/*
 * The words of a piece, read and written: what takes long is done on threads beside the one that answers, so that nobody else
 * waits for it, and what is short at once. A tree is JSON here, as it is stored.
 */

type Work = typeof work;
type Name = keyof Work;

/** How much of what each is given is done in a millisecond, in characters, and what is too much for a thread of little memory. */
const sizes: Record<Name, { inMs: number; most: number }> = {
  bodies: { inMs: 3000, most: 100_000 },
  bodyOfMarkdown: { inMs: 250, most: 100_000 },
  text: { inMs: 30_000, most: 500_000 },
  html: { inMs: 30_000, most: 500_000 },
  markdown: { inMs: 2000, most: 500_000 },
  pictureless: { inMs: 30_000, most: 500_000 },
  blocks: { inMs: 15_000, most: 500_000 },
  marked: { inMs: 2000, most: 500_000 },
  hunks: { inMs: 2000, most: 500_000 },
};

/** What takes less is done at once: handing it on would gain nothing. */
const shortMs = 5;

const module = fileURLToPath(new URL('./work.js', import.meta.url));
/** Where the program is not built there is nothing that a thread could load. */
const isBuilt = existsSync(module);

/** A thread for most, and one for what takes so long that nobody should have to wait behind it, or so much memory. */
const threads = { usual: new Thread(module, 64), roomy: new Thread(module, 512) };

/** Ends what still goes on although nobody waits for it. */
export async function endThreads(): Promise<void> {
  await Promise.all(Object.values(threads).map((thread) => thread.end()));
}

/** `refusable` where it can be asked for again, and is refused while too much waits. */
async function done<Which extends Name>(
  name: Which,
  given: Parameters<Work[Which]>[0],
  length: number,
  { refusable = true } = {},
): Promise<ReturnType<Work[Which]>> {
  const { inMs, most } = sizes[name];
  const aboutMs = length / inMs;
  if (!isBuilt || aboutMs < shortMs) {
    const here = work[name] as (asked: Parameters<Work[Which]>[0]) => ReturnType<Work[Which]>;
    return inTime(() => here(given));
  }
  const thread = length > most ? threads.roomy : threads.usual;
  return (await thread.call(name, given, aboutMs, refusable)) as ReturnType<Work[Which]>;
}

/** Nothing that an editor or an importer stores is refused for what readers ask for. */
const stored = { refusable: false };

export interface BodyToParse {
  html: string;
  options: ParseOptions;
}

/** `bodies` in their order, in parts of no more characters than are given to a thread at once. */
function inParts(bodies: readonly work.BodyToRead[]): work.BodyToRead[][] {
  const parts: work.BodyToRead[][] = [];
  let length = Infinity;
  for (const body of bodies) {
    length += body.html.length;
    if (length > sizes.bodies.most) {
      parts.push([]);
      length = body.html.length;
    }
    parts.at(-1)!.push(body);
  }
  return parts;
}

/** Parses bodies, in their order. Those with a gallery are parsed here: only the reader of a file can look up its pictures. */
export async function bodiesOf(bodies: readonly BodyToParse[]): Promise<StorableBody[]> {
  const needsReader = ({ html, options }: BodyToParse) =>
    options.resolveAttachment !== undefined && html.includes('[gallery');
  const others = bodies.filter((body) => !needsReader(body));
  const parts = inParts(others.map(({ html, options: { resolveAttachment: _, ...options } }) => ({ html, options })));
  const lengthOf = (part: readonly work.BodyToRead[]) => part.reduce((sum, { html }) => sum + html.length, 0);
  const parsed = (await Promise.all(parts.map((part) => done('bodies', part, lengthOf(part), stored)))).flat();
  const byBody = new Map(others.map((body, index) => [body, parsed[index]!]));
  return bodies.map((body) => byBody.get(body) ?? storable(parseBody(body.html, body.options)));
}

export const bodyOfHtml = async (html: string): Promise<StorableBody> => (await bodiesOf([{ html, options: {} }]))[0]!;

export const bodyOfMarkdown = (markdown: string): Promise<StorableBody> =>
  done('bodyOfMarkdown', markdown, markdown.length, stored);

export const textIn = (tree: string): Promise<string> => done('text', tree, tree.length);

export const htmlIn = (tree: string): Promise<string> => done('html', tree, tree.length);

export const markdownIn = (tree: string): Promise<string> => done('markdown', tree, tree.length);

/** The tree without its pictures. */
export const picturelessIn = (tree: string): Promise<string> => done('pictureless', tree, tree.length);

export async function blocksIn(tree: string): Promise<Block[]> {
  const blocks: Block[][] = [];
  for (const part of await done('blocks', tree, tree.length)) {
    blocks.push(await inTime(() => JSON.parse(part) as Block[]));
  }
  return blocks.flat();
}

const lengthOf = ({ older, newer }: work.Revised): number => older.length + newer.length;

/** The words of the newer as HTML, marked where they are not those of the older. */
export const markedIn = (revised: work.Revised): Promise<string> => done('marked', revised, lengthOf(revised));

/** The same as hunks of lines of Markdown. */
export const hunksIn = (revised: work.Revised): Promise<Hunk[]> => done('hunks', revised, lengthOf(revised));

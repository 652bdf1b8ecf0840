import { inlineElements } from './elements.js';
import { playerFrame, playerOfPage } from './embeds.js';
import { append, type BodyElement, type BodyNode, element, isBlank, joined, text } from './tree.js';

export const isInline = (node: BodyNode): boolean => node.type === 'text' || inlineElements.has(node.tagName);

const isBreak = (node: BodyNode | undefined): boolean => node?.type === 'element' && node.tagName === 'br';

/** Splits nodes into blocks, each alone, and the runs of inline nodes between them. */
export function* runsOf(nodes: readonly BodyNode[]): Generator<{ block: BodyElement } | { run: BodyNode[] }> {
  let run: BodyNode[] = [];
  for (const node of nodes) {
    if (node.type === 'text' || inlineElements.has(node.tagName)) run.push(node);
    else {
      if (run.length > 0) yield { run };
      run = [];
      yield { block: node };
    }
  }
  if (run.length > 0) yield { run };
}

/** Puts each run of text that stands bare among blocks into a paragraph. */
export const inParagraphs = (nodes: readonly BodyNode[]): BodyNode[] =>
  joined(
    [...runsOf(nodes)].flatMap((part): BodyNode[] => {
      if ('block' in part) return [part.block];
      return part.run.every(isBlank) ? part.run : [element('p', {}, trimmed(part.run))];
    }),
  );

/** A run without the blanks around it. */
function trimmed(run: readonly BodyNode[]): BodyNode[] {
  const nodes = [...run];
  const first = nodes[0];
  if (first?.type === 'text') nodes[0] = text(first.value.replace(/^[\t\n\f\r ]+/, ''));
  const last = nodes.at(-1);
  if (last?.type === 'text') nodes[nodes.length - 1] = text(trimmedEnd(last.value));
  return joined(nodes);
}

const trimmedEnd = (value: string): string => {
  let end = value.length;
  while (end > 0 && /[\t\n\f\r ]/.test(value[end - 1] ?? '')) end -= 1;
  return value.slice(0, end);
};

/**
 * Makes of bare text what WordPress shows: an empty line ends a paragraph, any other line break is one.
 * A line that is the address of a listed provider becomes its player.
 */
export function asTyped(nodes: readonly BodyNode[]): BodyNode[] {
  const result: BodyNode[] = [];
  for (const part of runsOf(nodes)) {
    if ('block' in part) {
      append(result, part.block);
      continue;
    }
    if (part.run.every(isBlank)) {
      part.run.forEach((node) => append(result, node));
      continue;
    }
    const blocks = paragraphsOf(linesOf(part.run));
    blocks.forEach((block, index) => {
      if (index > 0 || result.length > 0) append(result, text('\n'));
      append(result, block);
    });
    append(result, text('\n'));
  }
  return result;
}

type Line = BodyNode[];

/** The lines of a run: line breaks in its text, not those within an inline element, end one. */
function linesOf(run: readonly BodyNode[]): Line[] {
  let line: Line = [];
  const lines = [line];
  for (const node of run) {
    if (node.type === 'element') {
      line.push(withBreaks(node));
      continue;
    }
    node.value.split('\n').forEach((part, index) => {
      if (index > 0) lines.push((line = []));
      if (part !== '') line.push(text(part));
    });
  }
  return lines;
}

function withBreaks(node: BodyElement): BodyElement {
  const children = node.children.flatMap((child): BodyNode[] => {
    if (child.type === 'element') return [withBreaks(child)];
    return child.value.split('\n').flatMap((part, index) => (index > 0 ? [element('br'), text(part)] : [text(part)]));
  });
  return { ...node, children: joined(children) };
}

function paragraphsOf(lines: readonly Line[]): BodyNode[] {
  const blocks: BodyNode[] = [];
  let paragraph: BodyNode[] = [];
  const end = () => {
    const children = trimmed(paragraph);
    if (children.length > 0) blocks.push(element('p', {}, children));
    paragraph = [];
  };
  for (const line of lines) {
    const player = playerOfLine(line);
    if (player || line.every(isBlank)) end();
    if (player) blocks.push(player);
    else if (!line.every(isBlank)) {
      if (paragraph.length > 0) {
        if (!isBreak(paragraph.at(-1))) paragraph.push(element('br'));
        paragraph.push(text('\n'));
      }
      for (const node of line) paragraph.push(node);
    }
  }
  end();
  return blocks;
}

/** The player that a line of nothing but an address stands for. */
export function playerOfLine(line: readonly BodyNode[]): BodyElement | null {
  const [only, more] = line.filter((node) => !isBlank(node));
  if (only?.type !== 'text' || more !== undefined) return null;
  const address = only.value.trim();
  if (!/^https?:\/\/\S+$/.test(address)) return null;
  const player = playerOfPage(address);
  return player && element('figure', {}, [playerFrame(player)]);
}

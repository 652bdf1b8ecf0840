import { resourceAddress, cleanCharacters, hostOf } from './addresses.js';
import { propertiesOf } from './attributes.js';
import { playerAt, playerFrame } from './embeds.js';
import { attributeOf, isParsedElement, type ParsedElement } from './fragment.js';
import type { Place, Reading } from './reading.js';
import { type BodyElement, type BodyNode, element, text } from './tree.js';

/** A frame of a listed provider, in a figure; any other is a link to what it would have shown, or nothing. */
export function frame(node: ParsedElement, place: Place, { notes }: Reading): BodyNode[] {
  const address = addressIn(node, 'src', 'data-src', 'data-lazy-src');
  if (address === null) {
    notes.removed(['an iframe without an http address', 'iframes without an http address']);
    return [];
  }
  const player = playerAt(address);
  const { title, width, height } = propertiesOf(node, 'iframe', notes);
  const name = typeof title === 'string' ? title : undefined;
  if (player) {
    return inFigure(
      playerFrame(player, {
        ...(name && { title: name }),
        ...(typeof width === 'number' && { width }),
        ...(typeof height === 'number' && { height }),
      }),
      place,
    );
  }
  notes.add(`an iframe of ${hostOf(address) ?? 'an unknown host'} made a link`);
  if (place.inline.includes('a')) return [text(name ?? address)];
  const link = element('a', { href: address }, [text(name ?? address)]);
  return place.aside !== null || place.inline.length > 0 ? [link] : [element('p', {}, [link])];
}

/** A video or a sound with its controls, which is fetched when a reader asks for it. */
export function recording(node: ParsedElement, name: 'video' | 'audio', place: Place, { notes }: Reading): BodyNode[] {
  const sources = [node, ...node.childNodes.filter(isParsedElement).filter(({ tagName }) => tagName === 'source')];
  const src = sources.map((source) => addressIn(source, 'src')).find((address) => address !== null);
  if (!src) {
    notes.removed([`a ${name} without an http address`, `${name}s without an http address`]);
    return [];
  }
  const properties = propertiesOf(node, name, notes);
  return inFigure(element(name, { src, ...properties, controls: true, preload: 'none' }), place);
}

function addressIn(node: ParsedElement, ...names: string[]): string | null {
  for (const name of names) {
    const value = attributeOf(node, name);
    const address = value === undefined ? null : resourceAddress(cleanCharacters(value));
    if (address !== null) return address;
  }
  return null;
}

function inFigure(node: BodyElement, place: Place): BodyNode[] {
  const block = place.inFigure ? node : element('figure', {}, [node]);
  if (place.aside === null) return [block];
  place.aside.push(block);
  return [];
}

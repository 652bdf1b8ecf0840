import { isBlank, firstElement, type BodyElement, type BodyTree } from './tree.js';
import { textOfNodes } from './text.js';

/** Where a piece comes from, as its last line says it. */
export interface SourceLine {
  attribution: string;
  partnerName: string;
  url: string | null;
}

const longestLine = 200;
const longestName = 80;

/** What a line that names a source begins with; the name follows. */
const openings = [
  /^from our (?:media |content |syndication )?partners?(?: at)?\s*[:–—-]?\s+/i,
  /^(?:this (?:article|piece|story|essay|post|text) (?:was|is|has been) )?(?:originally|first) (?:published|appeared) (?:by|in|on|at|with)\s+/i,
  /^(?:this (?:article|piece|story|essay|post|text) (?:was|is|has been) )?(?:re-?published|reprinted|reposted) (?:here )?(?:with (?:the )?permission )?(?:from|of|by)\s+/i,
  /^(?:this (?:article|piece|story|essay|post|text) )?(?:originally|first) appeared (?:in|on|at)\s+/i,
  /^(?:courtesy of|by courtesy of)\s+/i,
  /^(?:original source|source|quelle|source originale|fuente|fonte)\s*:\s*/i,
];

/** What may follow a name that is not part of it. */
const rest =
  /\s*(?:[,;(]?\s*(?:on|under|where|with|and is|and was|and has|as part of|dated)\s.*|[,;(]?\s*(?:\d{1,2}\s+)?(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+\d.*|[.,;)]+)$/i;

/** The closing line of a body that names where it comes from: its last paragraph, if it is short and says so. */
export function sourceLineOf(tree: BodyTree): SourceLine | null {
  const paragraph = lastParagraph(tree);
  return paragraph ? sourceLineIn(paragraph) : null;
}

/** {@link sourceLineOf}, which is taken out of the tree, with the blanks and the rule before it. */
export function takeSourceLine(tree: BodyTree): SourceLine | null {
  const paragraph = lastParagraph(tree);
  const line = paragraph && sourceLineIn(paragraph);
  if (!paragraph || !line) return null;
  tree.children.splice(tree.children.indexOf(paragraph));
  for (let last = tree.children.at(-1); last && isEmpty(last); last = tree.children.at(-1)) tree.children.pop();
  return line;
}

function lastParagraph({ children }: BodyTree): BodyElement | null {
  for (let index = children.length - 1; index >= 0; index -= 1) {
    const node = children[index];
    if (!node || isEmpty(node)) continue;
    return node.type === 'element' && node.tagName === 'p' ? node : null;
  }
  return null;
}

/** Whether a node shows nothing but room: blanks, a rule, a paragraph without words. */
const isEmpty = (node: BodyTree['children'][number]): boolean =>
  isBlank(node) ||
  (node.type === 'element' &&
    (node.tagName === 'hr' ||
      node.tagName === 'br' ||
      (node.tagName === 'p' &&
        !firstElement(node.children, ({ tagName }) => tagName === 'img') &&
        textOfNodes(node.children).trim() === '')));

function sourceLineIn(paragraph: BodyElement): SourceLine | null {
  const line = textOfNodes(paragraph.children).trim();
  if (line.length > longestLine || line.includes('\n')) return null;
  const unwrapped = line.replace(/^[([]\s*(.*?)\s*[)\]]$/, '$1');
  const opening = openings.find((pattern) => pattern.test(unwrapped));
  if (!opening) return null;
  const said = unwrapped
    .replace(opening, '')
    .replace(/^the (?=\p{Lu})/u, '')
    .trim();
  const isAddress = /^(?:https?:\/\/|www\.)\S+$/.test(said);
  const partnerName = isAddress
    ? hostName(said)
    : said
        .replace(rest, '')
        .replace(/^["“«„']|["”»“']$/g, '')
        .trim();
  if (partnerName === '' || partnerName.length > longestName || /[.!?]\s+\p{Lu}\p{Ll}+\s/u.test(partnerName))
    return null;
  const link = firstElement(paragraph.children, ({ tagName, properties: { href } }) => {
    return tagName === 'a' && typeof href === 'string' && /^https?:/.test(href);
  });
  const href = link?.properties['href'];
  const url = typeof href === 'string' ? href : isAddress ? said.replace(/^www\./, 'https://www.') : null;
  return { attribution: unwrapped.replace(/\s*\.$/, ''), partnerName, url };
}

const hostName = (address: string): string =>
  address
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/[/?#].*$/, '');

const thing = 'image|images|photo|photos|photograph|photographs|picture|pictures|illustration|graphic|cover';
const label = [
  `(?:${thing}) ?(?:credits?|source|courtesy of|courtesy)\\s*:?`,
  `(?:${thing}|credits?|courtesy|photographer)\\s*:`,
  `(?:${thing}) by:?`,
  '(?:foto|fotos|bild|bilder|grafik|bildquelle|bildnachweis|fotonachweis|quelle|fotograf|fotografin)\\s*:',
  '(?:cr[ée]dits?(?: photos?)?|photographie|photos?|illustration|image)\\s*:',
  '(?:cr[ée]ditos?(?: de la (?:foto|imagen))?|fotograf[íi]a|imagen|fuente|fotos? de)\\s*:',
  'source\\s*:',
  '©|\\(c\\)',
].join('|');

const whole = new RegExp(`^\\s*(?:${label})\\s*(.+)$`, 'isu');
const bracketed = new RegExp(
  `^(.*?)\\s*[([]\\s*(?:${label})\\s*([^()[\\]]+(?:\\([^()]*\\))?)\\s*[)\\]]\\s*\\.?\\s*$`,
  'isu',
);
const following = new RegExp(`^(.*?(?:[.!?…"”»)\\]]|[|;–—/-]|\\n))\\s*(?:${label})\\s*(.+)$`, 'isu');

/** Longer captions are text, and are not searched. */
const longestCaption = 2000;

/** A caption and its credit apart, as "A ship at sea. Photo: Jane Doe / AFP" has both; in English, German, French and Spanish. */
export function creditOf(caption: string): { caption: string | null; credit: string | null } {
  const written = caption.replace(/\s+/g, ' ').trim();
  if (written === '') return { caption: null, credit: null };
  if (written.length > longestCaption) return { caption: written, credit: null };
  const unwrapped = written.replace(/^[([]([^()[\]]*)[)\]]\.?$/, '$1').trim();
  const alone = whole.exec(unwrapped)?.[1];
  if (alone !== undefined) return { caption: null, credit: tidyCredit(alone) };
  const [, before, credit] =
    bracketed.exec(written) ?? following.exec(written) ?? /^(.*\S)\s+(?:©|\(c\))\s*(.+)$/i.exec(written) ?? [];
  if (before === undefined || credit === undefined || credit.trim().length > 200)
    return { caption: written, credit: null };
  return { caption: before.replace(/\s*[|;–—/-]\s*$/, '').trim() || null, credit: tidyCredit(credit) };
}

const tidyCredit = (credit: string): string | null => {
  const tidy = credit.replace(/^[\s:–—-]+/, '').trim();
  // A full stop ends the line, unless it belongs to a name such as "Reuters Inc."
  return (/\b(?:inc|ltd|co|jr|sr|corp)\.$/i.test(tidy) ? tidy : tidy.replace(/\.$/, '')) || null;
};

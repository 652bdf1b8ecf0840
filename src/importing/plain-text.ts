import type { Nodes } from 'hast';
import { fromHtml } from 'hast-util-from-html';

const paragraphs = new Set(
  'address article aside blockquote dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li ol p pre section table tr ul'.split(
    ' ',
  ),
);
const unread = new Set(['script', 'style', 'template', 'noscript', 'iframe', 'object', 'head', 'title', 'textarea']);

/** What an HTML fragment says, without its markup; a blank line between paragraphs. */
export function plainText(html: string): string {
  const text = /[<&]/.test(html) ? saidIn(html) : html;
  return text

    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\t \u00A0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function saidIn(html: string): string {
  try {
    return said(fromHtml(html, { fragment: true }));
  } catch (error) {
    // Elements lie so deep that they cannot be walked: nobody wrote them to be read.
    if (error instanceof RangeError) return html.replace(/<[^>]*>/g, ' ');
    throw error;
  }
}

/** What an HTML fragment says, in one line. */
export function plainLine(html: string): string {
  return plainText(html).replace(/\s+/g, ' ');
}

function said(node: Nodes): string {
  if (node.type === 'text') return node.value;
  if (node.type !== 'element' && node.type !== 'root') return '';
  if (node.type === 'element' && unread.has(node.tagName)) return '';
  if (node.type === 'element' && node.tagName === 'br') return '\n';
  let text = '';
  for (const child of node.children) {
    // `<br />` stands at the end of a line that the source breaks as well.
    const piece = said(child);
    text += text.endsWith('\n') && child.type === 'text' ? piece.replace(/^[ \t]*\r?\n/, '') : piece;
  }
  return node.type === 'element' && paragraphs.has(node.tagName) ? `\n\n${text}\n\n` : text;
}

import type { CommentRecord } from '../records.js';
import { momentOfSqlDate } from './dates.js';
import type { Fields } from './parts.js';
import { isEmail } from './people.js';
import { plainLine, plainText } from '../plain-text.js';

const statusOf = new Map<string, CommentRecord['status']>(
  Object.entries({
    '1': 'APPROVED',
    approve: 'APPROVED',
    '0': 'PENDING',
    hold: 'PENDING',
    spam: 'SPAM',
    trash: 'REJECTED',
    'post-trashed': 'REJECTED',
  }),
);

/** The comments of a piece and what was left out of them. Addresses, e-mail and sites of those who wrote are not kept. */
export function commentsOf(
  comments: readonly Fields[],
  fallbackMoment: string,
): { comments: CommentRecord[]; notes: string[] } {
  const kept: CommentRecord[] = [];
  const leftOut = new Map<string, number>();
  const count = (what: string) => leftOut.set(what, (leftOut.get(what) ?? 0) + 1);
  const ids = new Set<string>();
  for (const fields of comments) {
    const type = fields.get('wp:comment_type') ?? '';
    const text = plainText(fields.get('wp:comment_content') ?? '');
    if (type !== '' && type !== 'comment') {
      count(`left out, of the type ${type}`);
    } else if (text === '') {
      count('left out, empty');
    } else {
      const id = freeId(fields.get('wp:comment_id') || `n${kept.length + 1}`, ids);
      const dated =
        momentOfSqlDate(fields.get('wp:comment_date_gmt')) ?? momentOfSqlDate(fields.get('wp:comment_date'));
      if (dated === null) count("without a date: given the piece's");
      kept.push({
        id,
        parent: parentOf(fields),
        author: nameOf(fields.get('wp:comment_author') ?? ''),
        text,
        at: dated ?? fallbackMoment,
        status: statusOf.get(fields.get('wp:comment_approved') ?? '') ?? 'PENDING',
      });
    }
  }
  const parents = new Map(kept.map(({ id, parent }) => [id, parent ?? null]));
  for (const comment of kept) {
    if (!comment.parent || !isOrphan(comment.id, comment.parent, parents)) continue;
    comment.parent = null;
    parents.set(comment.id, null);
    count('in reply to a missing comment: kept at the top');
  }
  return {
    comments: kept,
    notes: Array.from(leftOut, ([what, number]) => `${number} ${number === 1 ? 'comment' : 'comments'} ${what}`),
  };
}

function parentOf(fields: Fields): string | null {
  const parent = fields.get('wp:comment_parent') ?? '0';
  return parent === '' || parent === '0' ? null : parent;
}

/** Whether the parent is not there, or the replies go round in a circle. */
function isOrphan(id: string, parent: string, parents: ReadonlyMap<string, string | null>): boolean {
  if (!parents.has(parent)) return true;
  const passed = new Set([id]);
  for (let up: string | null | undefined = parent; up; up = parents.get(up)) {
    if (up === id) return true;
    if (passed.has(up)) return false;
    passed.add(up);
  }
  return false;
}

function nameOf(author: string): string {
  const name = plainLine(author);
  if (name === '') return 'Anonymous';
  return isEmail(name) ? name.replace(/@.*$/, '') : name;
}

function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let next = 2; taken.has(id); next += 1) id = `${wanted}-${next}`;
  taken.add(id);
  return id;
}

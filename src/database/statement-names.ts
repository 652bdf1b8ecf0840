import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** In the protocol, a statement that is parsed and planned for this once. */
const unnamed = '';

export interface StatementNamesOptions {
  /** How many statements have a name at most. */
  most?: number;
  /** From its so-manieth use on a statement has one. */
  from?: number;
}

/**
 * One name a text: the statement is parsed once a connection then, however often it runs. The server keeps each until the
 * connection ends, tens of kilobytes of it; which filters and pages clients combine is theirs to choose, and what they ask for
 * once, or what more they think of than there is room for, goes without a name.
 */
export class StatementNames {
  private readonly names = new Map<string, string>();
  private readonly uses = new LRUCache<string, number>({ max: 1000 });
  private readonly most: number;
  private readonly from: number;

  constructor({ most = 500, from = 3 }: StatementNamesOptions = {}) {
    this.most = most;
    this.from = from;
  }

  nameOf(text: string): string {
    const name = this.names.get(text);
    if (name !== undefined) return name;
    if (this.names.size >= this.most) return unnamed;
    const uses = (this.uses.get(text) ?? 0) + 1;
    if (uses < this.from) {
      this.uses.set(text, uses);
      return unnamed;
    }
    this.uses.delete(text);
    const named = createHash('sha1').update(text).digest('base64url');
    this.names.set(text, named);
    return named;
  }
}

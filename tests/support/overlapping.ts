import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../../src/database/database.js';
import { sql } from '../../src/database/sql.js';
import { type Copy, everythingFor, Mirror } from './mirror.js';
import { anArticle, aSection } from './records.js';
import type { TestService } from './service.js';

export interface OverlapOptions {
  writers: number;
  mirrors: number;
  articles: number;
  ms: number;
  /** It goes on past its time, to ten times as long, until there were so many writes and any crash; a busy machine is slow. */
  leastWrites?: number;
  headers?: Record<string, string>;
}

export interface OverlapOutcome {
  writes: number;
  crashes: number;
  truth: Copy[];
  mirrored: Copy[][];
  /** What followers of `updatedAt > x` have. */
  byClock: Copy[][];
  /** Entries that a follower who never crashed read twice. */
  twice: number;
}

/** A transaction of random length that changes one piece as an editor's does: what readers get, and the entry of the log. */
async function write(db: Database, slug: string, headline: string): Promise<void> {
  const isOff = Math.random() < 0.2;
  await db.transaction(async (tx) => {
    // The clock is read when the writing begins, as every program does.
    const now = new Date().toISOString();
    const [row] = await tx.rows<{ id: string }>(sql`
      update article set headline = ${headline}, updated_at = ${now}::timestamptz,
        status = ${isOff ? 'UNPUBLISHED' : 'PUBLISHED'}::article_status,
        withdrawn_at = case when ${isOff}::boolean then ${now}::timestamptz end,
        withdrawn_reason = case when ${isOff}::boolean then 'Off.' end
      where slug = ${slug} returning id`);
    await pause(Math.random() * 10);
    await tx.rows(sql`
      insert into change (at, kind, article_id, path)
      select ${now}::timestamptz, ${isOff ? 'WITHDRAWN' : 'UPDATED'}::change_kind, id, path from article where id = ${row?.id ?? null}::uuid`);
    await pause(Math.random() ** 4 * 150);
  });
}

/** A follower who asks for what was updated after the last it has seen: what the log is there to replace. */
class ClockFollower {
  readonly pieces = new Map<string, Copy>();
  #seen = new Date(0);
  constructor(readonly db: Database) {}

  async poll(): Promise<void> {
    const rows = await this.db.rows<{ slug: string; headline: string; status: string; at: Date }>(sql`
      select slug, headline, status, updated_at as at from article where updated_at > ${this.#seen.toISOString()}::timestamptz
      order by updated_at, id limit 50`);
    for (const { slug, headline, status, at } of rows) {
      const copy = { id: slug, slug, headline, section: { name: '' }, tags: [] };
      if (status === 'PUBLISHED') this.pieces.set(slug, copy);
      else this.pieces.delete(slug);
      this.#seen = at;
    }
  }
}

/**
 * Writers whose transactions overlap, and followers who poll meanwhile, of whom all but the first now and then lose what they
 * had read since they last wrote it down.
 */
export async function overlap(service: TestService, options: OverlapOptions): Promise<OverlapOutcome> {
  const { db } = service;
  const slugs = Array.from({ length: options.articles }, (_, index) => `shared-${index}`);
  await service.load([aSection(), ...slugs.map((slug) => anArticle({ slug, headline: 'First' }))]);
  service.now = new Date(Date.now() + 3_600_000);
  const { ms, leastWrites = 0 } = options;
  const began = performance.now();
  let writes = 0;
  let crashes = 0;
  const isOver = () => {
    const elapsed = performance.now() - began;
    return elapsed >= 10 * ms || (elapsed >= ms && writes >= leastWrites && (crashes > 0 || leastWrites === 0));
  };

  async function writer(number: number) {
    while (!isOver()) {
      writes += 1;
      await write(db, slugs[Math.floor(Math.random() * slugs.length)]!, `${number} wrote ${writes}`);
    }
  }
  const mirrors = Array.from({ length: options.mirrors }, () => new Mirror(service, options.headers, 20));
  async function follow(mirror: Mirror, isSteady: boolean) {
    while (!isOver()) {
      const kept = { cursor: mirror.cursor, pieces: new Map(mirror.pieces) };
      await mirror.step();
      if (!isSteady && Math.random() < 0.2) {
        crashes += 1;
        mirror.cursor = kept.cursor;
        mirror.pieces.clear();
        for (const [id, piece] of kept.pieces) mirror.pieces.set(id, piece);
      }
      await pause(Math.random() * 20);
    }
  }
  const clocks = Array.from({ length: options.mirrors }, () => new ClockFollower(db));
  const watch = async (clock: ClockFollower) => {
    while (!isOver()) {
      await clock.poll();
      await pause(Math.random() * 20);
    }
  };
  await Promise.all([
    ...Array.from({ length: options.writers }, (_, number) => writer(number)),
    ...mirrors.map((mirror, index) => follow(mirror, index === 0)),
    ...clocks.map(watch),
  ]);
  for (const mirror of mirrors) await mirror.poll();
  for (const clock of clocks) for (let turn = 0; turn < options.articles; turn += 1) await clock.poll();
  const read = mirrors[0]?.cursors ?? [];
  return {
    writes,
    crashes,
    truth: await everythingFor(service, options.headers),
    mirrored: mirrors.map((mirror) => mirror.sorted()),
    byClock: clocks.map(({ pieces }) => [...pieces.values()]),
    twice: read.length - new Set(read).size,
  };
}

const told = (copies: readonly Copy[]) => copies.map(({ slug, headline }) => `${slug}: ${headline}`).sort();

/** Every follower of the log has what readers have, and read nothing twice; of those who go by the clock some have not. */
export function expectMirrorsWhole({ truth, mirrored, twice, writes, crashes }: OverlapOutcome): void {
  expect(writes).toBeGreaterThan(50);
  expect(crashes).toBeGreaterThan(0);
  expect(twice).toBe(0);
  for (const copies of mirrored) expect(copies).toEqual(truth);
}

/** How many pieces followers by the clock have wrong. */
export const lostByClock = ({ truth, byClock }: OverlapOutcome): number =>
  byClock.reduce((lost, copies) => {
    const right = new Set(told(truth));
    const has = told(copies);
    return lost + has.filter((line) => !right.has(line)).length + Math.max(0, right.size - has.length);
  }, 0);

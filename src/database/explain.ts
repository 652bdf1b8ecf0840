import { escapeLiteral } from 'pg';
import type { Database } from './database.js';
import { type Sql, sql } from './sql.js';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
}

export interface Reading {
  /** Rows that scans of tables and indexes read, those they threw away included. */
  rows: number;
  /** Pages of the database that were looked at. */
  pages: number;
  /** The scans, the one that read most first. */
  scans: string[];
}

/**
 * What a statement really reads, as a connection plans it that has sent it often: prepared, and run often enough for the
 * server to settle on a general plan where it finds one as good.
 */
export function readingOf(db: Database, { text, values }: Sql): Promise<Reading> {
  return db.transaction(async (tx) => {
    const given = values.length > 0 ? `(${values.map(literal).join(', ')})` : '';
    await tx.prisma.$executeRawUnsafe(`prepare measured as ${text}`);
    for (let time = 0; time < 6; time += 1) await tx.prisma.$executeRawUnsafe(`execute measured${given}`);
    const [answer] = await tx.rows<{ 'QUERY PLAN': [{ Plan: PlanNode & Record<string, number> }] }>(
      sql([`explain (analyze, buffers, format json) execute measured${given}`]),
    );
    await tx.prisma.$executeRawUnsafe('deallocate measured');
    const plan = answer?.['QUERY PLAN'][0].Plan;
    if (!plan) throw new Error(`no plan of ${text}`);
    const scans = scansIn(plan).sort((one, other) => other.rows - one.rows);
    return {
      rows: scans.reduce((sum, { rows }) => sum + rows, 0),
      pages: Number(plan['Shared Hit Blocks']) + Number(plan['Shared Read Blocks']),
      scans: scans.map(({ rows, name }) => `${rows} by ${name}`),
    };
  });
}

function scansIn(node: PlanNode): { rows: number; name: string }[] {
  const below = (node.Plans ?? []).flatMap(scansIn);
  if (!node['Node Type'].includes('Scan')) return below;
  const once =
    node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  const name = [node['Node Type'], node['Relation Name'], node['Index Name']].filter(Boolean).join(' ');
  return [{ rows: once * node['Actual Loops'], name }, ...below];
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => `"${String(item).replace(/["\\]/g, '\\$&')}"`);
    return escapeLiteral(`{${items.join(',')}}`);
  }
  return escapeLiteral(typeof value === 'string' ? value : JSON.stringify(value));
}

import { makeGraph } from '../../../src/content/graph.js';
import { brokenBody } from './broken.js';
import { validDocument } from './documents.js';
import { priceOf, send, type Sent, type Told, verdictOn } from './judge.js';
import type { Pool } from './pool.js';
import { type Random, randomFrom, seedOf } from './random.js';
import { smallest } from './shrink.js';
import { openWorld, type Role, type World } from './world.js';

export const schema = makeGraph();

export interface Plan {
  seed: number;
  role: Role;
  /** So many documents that the schema allows, and then so many that are broken. */
  valid: number;
  broken: number;
  /** The number of the first. */
  from?: number;
  /** Ends it early. */
  until?: number;
  /** Told of each fault, as soon as it is found. */
  onFault?: (fault: Fault) => void;
  onProgress?: (done: number, tally: Tally) => void;
}

export interface Fault {
  what: string;
  role: Role;
  seed: number;
  index: number;
  sent: Sent;
  told: Pick<Told, 'status' | 'ms' | 'bytes'> & { text: string };
}

export interface Tally {
  valid: { sent: number; executed: number; whole: number };
  broken: { sent: number; executed: number };
  statuses: Record<string, number>;
  codes: Record<string, number>;
  largest: { bytes: number; price: number; index: number };
  slowest: { ms: number; price: number; index: number };
  /** Of those over 64 KB, the most bytes for a unit of the price. */
  densest: { bytesPerUnit: number; index: number };
  faults: Fault[];
}

/** After so many requests what there is is looked at again: much of it has been changed. */
const poolEvery = 250;
/** After so many a new world begins: one that is written to at random becomes another. A replay begins with its world. */
export const worldEvery = 5000;
const mostOfOneFault = 3;

const accepts = ['application/graphql-response+json', 'application/json', 'multipart/mixed'] as const;

/** One in so many of those that cost too much is sent all the same. */
const dearOnes = 0.05;

function validRequest(pool: Pool, random: Random): Sent {
  for (;;) {
    const asked = validDocument(schema, pool, random);
    const body = JSON.stringify(asked);
    const sent: Sent = {
      body,
      accept: /@(defer|stream)/.test(asked.query) ? 'multipart/mixed' : random.of(accepts),
      ...(/^(query|\{)/.test(asked.query) && body.length < 4000 && random.chance(0.05) ? { byGet: true } : {}),
    };
    if (priceOf(schema, body) <= 10_000 || random.chance(dearOnes)) return sent;
  }
}

const brokenRequest = (pool: Pool, random: Random): Sent => ({
  body: brokenBody(validDocument(schema, pool, random), random),
  accept: random.of(accepts),
});

/** The request with this number, made of what there is in `pool`. */
export const requestAt = ({ seed, valid }: Plan, index: number, pool: Pool): Sent =>
  (index < valid ? validRequest : brokenRequest)(pool, randomFrom(seedOf(seed, index)));

/** Asks at random as `plan` says, each request after the one before it. */
export async function askAtRandom(plan: Plan): Promise<Tally> {
  const { role, seed, valid, broken, from = 0, until = Infinity } = plan;
  const tally: Tally = {
    valid: { sent: 0, executed: 0, whole: 0 },
    broken: { sent: 0, executed: 0 },
    statuses: {},
    codes: {},
    largest: { bytes: 0, price: 0, index: 0 },
    slowest: { ms: 0, price: 0, index: 0 },
    densest: { bytesPerUnit: 0, index: 0 },
    faults: [],
  };
  const seen = new Map<string, number>();
  let world: World | undefined;
  let pool: Pool | undefined;
  const loose: unknown[] = [];
  const onLoose = (error: unknown) => loose.push(error);
  process.on('unhandledRejection', onLoose);
  process.on('uncaughtException', onLoose);
  try {
    for (let index = from; index < valid + broken && performance.now() < until; index += 1) {
      if (!world || index % worldEvery === 0) {
        await world?.close();
        world = await openWorld(role);
        pool = undefined;
      }
      if (!pool || index % poolEvery === 0) pool = await world.pool();
      const sent = requestAt(plan, index, pool);
      const tried = await verdictFor(world, sent);
      const { told, verdict } = tried;
      count(tally, index, index < valid, tried);
      const fault =
        loose.length > 0 ? `a rejection that nobody handles: ${String(loose.splice(0).at(0))}` : verdict.fault;
      if (fault !== null) {
        const times = (seen.get(fault) ?? 0) + 1;
        seen.set(fault, times);
        if (times <= mostOfOneFault) {
          const alive = world;
          const minimal = await smallest(
            sent,
            async (smaller) => (await verdictFor(alive, smaller)).verdict.fault === fault,
          );
          const again = await verdictFor(alive, minimal);
          const text = (again.verdict.fault === fault ? again.told : told).text.slice(0, 2000);
          const found: Fault = { what: fault, role, seed, index, sent: minimal, told: { ...told, text } };
          tally.faults.push(found);
          plan.onFault?.(found);
        }
        if (verdict.fault === 'status 401' || fault.includes('no answer')) {
          await world.close();
          world = undefined;
        }
      }
      if (index % 500 === 499) plan.onProgress?.(index + 1, tally);
    }
  } finally {
    await world?.close();
    process.off('unhandledRejection', onLoose);
    process.off('uncaughtException', onLoose);
  }
  return tally;
}

interface Tried {
  told: Told;
  price: number;
  verdict: ReturnType<typeof verdictOn>;
}

async function verdictFor(world: World, sent: Sent): Promise<Tried> {
  const price = priceOf(schema, sent.body);
  try {
    const told = await send(world, sent);
    return { told, price, verdict: verdictOn(sent, told, price) };
  } catch (error) {
    const told = { status: 0, text: String(error), bytes: 0, ms: 0 };
    return { told, price, verdict: { fault: `no answer: ${String(error)}`, executed: false, whole: false, codes: [] } };
  }
}

function count(tally: Tally, index: number, isValid: boolean, { told, price, verdict }: Tried): void {
  const { status, bytes, ms } = told;
  if (isValid) {
    tally.valid.sent += 1;
    tally.valid.executed += Number(verdict.executed);
    tally.valid.whole += Number(verdict.whole);
  } else {
    tally.broken.sent += 1;
    tally.broken.executed += Number(verdict.executed);
  }
  tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
  for (const code of new Set(verdict.codes)) tally.codes[code] = (tally.codes[code] ?? 0) + 1;
  if (bytes > tally.largest.bytes) tally.largest = { bytes, price, index };
  if (ms > tally.slowest.ms) tally.slowest = { ms: Math.round(ms), price, index };
  if (bytes > 64 * 1024 && verdict.executed && bytes / Math.max(price, 1) > tally.densest.bytesPerUnit) {
    tally.densest = { bytesPerUnit: Math.round(bytes / Math.max(price, 1)), index };
  }
}

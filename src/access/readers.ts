import { createHmac, randomBytes } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type { Database, Queryable } from '../database/database.js';
import { sql } from '../database/sql.js';
import type { Client } from '../http/client.js';

/** A reader for one day of UTC, told apart from others and known by nobody: hashes in hex. */
export interface Mark {
  /** Of the address and the agent. */
  readonly reader: string;
  /** Of the address alone. */
  readonly network: string;
}

/** Tells readers apart, on all instances alike, without keeping who they are. */
export interface Readers {
  markOf(client: Client, now: Date): Promise<Mark>;
}

const dayMs = 86_400_000;
/** An instance whose clock is a little behind still has yesterday. */
const slackMs = 60_000;
const halfHourMs = 1_800_000;

/** So many agents at one address are readers of their own in a half hour, on one instance; all others there are one more. */
const mostAgents = 30;
const mostNetworks = 100_000;

/**
 * Knows readers by a hash of address and agent with a salt that lives for its day: kept in the database, so that all instances
 * count alike, and deleted there when the day is over, after which nobody can find out whose a hash was.
 */
export function openReaders({ db }: { db: Database }): Readers {
  let today: { day: string; salt: Promise<Buffer> } | undefined;
  let agentsAt = new Map<string, Set<string>>();
  let halfHour = -1;

  function saltOf(now: Date): Promise<Buffer> {
    const day = dayOf(now);
    if (today?.day === day) return today.salt;
    const salt = saltFor(db, day);
    const begun = { day, salt };
    const forget = () => {
      if (today === begun) today = undefined;
    };
    today = begun;
    salt.catch(forget);
    setTimeout(forget, Date.parse(day) + dayMs + slackMs - now.getTime()).unref();
    return salt;
  }

  /** `agent`, or the word for all the rest where its network has shown too many. */
  function amongOthers(network: string, agent: string, now: number): string {
    const current = Math.floor(now / halfHourMs);
    if (current !== halfHour || agentsAt.size > mostNetworks) {
      halfHour = current;
      agentsAt = new Map();
    }
    const agents = agentsAt.get(network) ?? new Set();
    if (!agents.has(agent)) {
      if (agents.size >= mostAgents) return 'others';
      agentsAt.set(network, agents.add(agent));
    }
    return agent;
  }

  return {
    async markOf({ address, agent }, now) {
      const salt = await saltOf(now);
      const hash = (text: string) => createHmac('sha256', salt).update(text).digest('hex').slice(0, 32);
      const network = hash(`at ${networkOf(address)}`);
      return { network, reader: hash(`${network} ${amongOthers(network, hash(agent ?? ''), now.getTime())}`) };
    },
  };
}

const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/** What one household or machine has of the address: all of IPv4, of IPv6 the first 64 bits, which it may fill up as it likes. */
function networkOf(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return 'nowhere';
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : (parsed as ipaddr.IPv6).parts.slice(0, 4).join(':');
}

/** The salt of a day, made by whichever instance needs it first. */
async function saltFor(db: Queryable, day: string): Promise<Buffer> {
  const [row] = await db.rows<{ salt: string }>(sql`
    insert into reader_salt (day, salt) values (${day}::date, decode(${randomBytes(32).toString('hex')}, 'hex'))
    on conflict (day) do update set day = excluded.day returning encode(salt, 'hex') as salt`);
  if (!row) throw new Error(`no salt could be made for ${day}`);
  return Buffer.from(row.salt, 'hex');
}

/** Deletes the salts of days that are over, and of days that only a clock that was ahead has seen. */
export const forgetSalts = (db: Queryable, now: Date): Promise<unknown> =>
  db.rows(sql`delete from reader_salt where day < ${dayOf(new Date(now.getTime() - slackMs))}::date
    or day > ${dayOf(new Date(now.getTime() + dayMs))}::date`);

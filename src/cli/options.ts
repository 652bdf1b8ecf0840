import { availableParallelism } from 'node:os';
import { InvalidArgumentError } from 'commander';
import type { NewsroomRole } from '../access/viewer.js';

export const roles: readonly NewsroomRole[] = ['contributor', 'editor', 'admin'];
const longestName = 200;
const unitMs = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000, y: 365 * 86_400_000 } as const;
const mostWorkers = 64;

/** `30d` in milliseconds. Throws InvalidArgumentError. */
export function lifeFrom(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,3})([hdwy])$/.exec(text) ?? [];
  const ms = Number(count) * unitMs[unit as keyof typeof unitMs];
  if (!(ms <= 1000 * unitMs.y))
    throw new InvalidArgumentError('It must be a time of at most 1000y, such as 12h, 30d, 8w or 1y.');
  return ms;
}

/** A name without blanks around it. Throws InvalidArgumentError. */
export function nameFrom(text: string): string {
  const name = text.trim();
  if (name !== '' && name.length <= longestName && !name.includes('\0')) return name;
  throw new InvalidArgumentError(`It must be the name of a person or a program, of at most ${longestName} characters.`);
}

/** How many workers `text` asks for. Throws InvalidArgumentError. */
export function workersFrom(text: string): number {
  if (text === 'auto') return availableParallelism();
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= mostWorkers) return count;
  throw new InvalidArgumentError(`Give a number from 1 to ${mostWorkers}, or auto.`);
}

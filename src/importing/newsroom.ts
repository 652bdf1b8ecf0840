import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A newsroom folder that cannot be read as one: which file, which line, and what would be right. */
export class BadNewsroom extends Error {
  override name = 'BadNewsroom';

  constructor(
    reason: string,
    /** As named inside the newsroom, such as `articles/africa.ndjson`. */
    readonly file: string,
    /** 1-based; absent when it is the file as a whole. */
    readonly line?: number,
  ) {
    super(line === undefined ? `${file}: ${reason}` : `${file}:${line}: ${reason}`);
  }
}

const beforeArticles = ['publication.ndjson', 'sections.ndjson', 'authors.ndjson', 'tags.ndjson', 'partners.ndjson'];
const afterArticles = ['collections.ndjson'];

/**
 * The records of a newsroom folder as lines of Dateline's NDJSON, each `{{-3d4h20m}}` or `{{+1h}}` in them made a moment
 * that far from `now`, so that the paper is as fresh as the day it is loaded. Throws {@link BadNewsroom}.
 */
export async function* readNewsroom(folder: string, now: Date): AsyncGenerator<string> {
  const minute = Math.floor(now.getTime() / msOf.m) * msOf.m;
  for (const file of [...beforeArticles, ...(await articleFiles(folder)), ...afterArticles]) {
    let number = 0;
    for await (const line of linesOf(folder, file)) {
      number += 1;
      if (line.trim() !== '') yield dated(line, minute, file, number);
    }
  }
}

async function articleFiles(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'articles')).catch((error: NodeJS.ErrnoException) => {
    throw unreadable('articles/', error);
  });
  return names
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .map((name) => `articles/${name}`);
}

// Not node:readline, which also ends a line at U+2028: JSON allows that character inside a string.
async function* linesOf(folder: string, file: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const piece of createReadStream(join(folder, file), 'utf8')) {
      const lines = (rest + String(piece)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
  if (rest !== '') yield rest;
}

function unreadable(file: string, { code, message }: NodeJS.ErrnoException): BadNewsroom {
  if (code !== 'ENOENT') return new BadNewsroom(`cannot be read: ${message}.`, file);
  const wanted = [...beforeArticles, 'articles/*.ndjson', ...afterArticles].join(', ');
  return new BadNewsroom(`is missing; a newsroom has ${wanted}, empty or not.`, file);
}

const msOf = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;
const placeholder = /\{\{(.{0,40}?)\}\}|\{\{.{0,40}/g;
const offset = /^([+-])(?=\d)(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?$/;

function dated(line: string, minute: number, file: string, number: number): string {
  return line.replace(placeholder, (whole: string, inside: string | undefined) => {
    const [, sign, days = 0, hours = 0, minutes = 0] = offset.exec(inside ?? '') ?? [];
    if (sign === undefined) {
      throw new BadNewsroom(
        `${whole} is no time before or after loading; write days, hours and minutes in that order, such as {{-3d4h20m}} or {{+1h}}.`,
        file,
        number,
      );
    }
    const distance = Number(days) * msOf.d + Number(hours) * msOf.h + Number(minutes) * msOf.m;
    return new Date(sign === '-' ? minute - distance : minute + distance).toISOString();
  });
}

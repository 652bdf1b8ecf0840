import { writeFile } from 'node:fs/promises';
import { withPaper } from './paper.js';

export interface BenchImport {
  articles: string;
  body: string;
  json?: string;
}

/** Imports an archive made for the purpose (see {@link withPaper}) and prints what came of it. */
export async function benchImport({ articles, body, json }: BenchImport): Promise<0> {
  const options = { articles: Number(articles), bodyLength: Number(body) };
  await withPaper(options, async ({ db, fileBytes, seconds, articlesPerSecond }) => {
    const result = {
      database: db.kind,
      articles: options.articles,
      bodyCharacters: options.bodyLength,
      fileMegabytes: Math.round(fileBytes / 1e6),
      articlesPerSecond: Math.round(articlesPerSecond),
      secondsUntilSearched: Math.round(seconds * 10) / 10,
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    };
    for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(22)}${value}\n`);
    if (json) await writeFile(json, `${JSON.stringify(result)}\n`);
  });
  return 0;
}

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Answers a function to be called now and then, which collects garbage when the process holds more than `megabytes`. V8 alone
 * lets short-lived garbage lie until a large part of the machine's memory is taken, which a long import would fill.
 */
export function keepingUnder(megabytes: number): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let next = megabytes * 2 ** 20;
  return () => {
    if (process.memoryUsage.rss() < next) return;
    collect();
    // What is still held after that is in use; look again only when there is clearly more.
    next = Math.max(megabytes * 2 ** 20, process.memoryUsage.rss() + 32 * 2 ** 20);
  };
}

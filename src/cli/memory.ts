import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Answers a function to be called now and then, which collects garbage when the heap holds more than `megabytes`. V8 alone
 * lets short-lived garbage lie until a large part of the machine's memory is taken, which a long import would fill.
 */
export function keepingUnder(megabytes: number): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const usual = megabytes * 2 ** 20;
  let bound = usual;
  return () => {
    if (held() < bound) return;
    collect();
    // What is still held after that is in use; look again only when there is clearly more.
    bound = Math.max(usual, held() + 32 * 2 ** 20);
  };
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

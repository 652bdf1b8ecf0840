import type { Plugin } from 'graphql-yoga';

/** No input lies deeper: what does is asked for by nothing. */
const mostDepth = 50;

const half = /\p{Surrogate}/u;

/** `value` with U+FFFD for each half of a pair of surrogates, which JSON can write and nothing can keep; itself where there is none. */
function wellFormed(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return half.test(value) ? value.replace(/\p{Surrogate}/gu, '\uFFFD') : value;
  if (typeof value !== 'object' || value === null || depth > mostDepth) return value;
  const parts = Object.entries(value);
  const made = parts.map(([name, part]) => [name, wellFormed(part, depth + 1)] as const);
  if (made.every(([, part], index) => part === parts[index]?.[1])) return value;
  return Array.isArray(value) ? made.map(([, part]) => part) : Object.fromEntries(made);
}

/** Reads text in variables as every encoder to UTF-8 does: a document itself cannot hold half a pair. */
export function useWellFormedText(): Plugin {
  const repair = ({ args }: { args: { variableValues?: unknown } }) => {
    const given = args.variableValues;
    const repaired = wellFormed(given);
    if (repaired !== given) Object.assign(args, { variableValues: repaired });
  };
  return { onExecute: repair, onSubscribe: repair };
}

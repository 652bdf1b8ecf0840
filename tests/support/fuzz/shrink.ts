import { type ASTNode, Kind, parse, print, visit } from 'graphql';
import type { Asked } from './documents.js';
import type { Sent } from './judge.js';

const mostTries = 400;
const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** The smallest request that still `fails`, by leaving out one part after another. */
export async function smallest(sent: Sent, fails: (sent: Sent) => Promise<boolean>): Promise<Sent> {
  let best = sent;
  let tries = 0;
  for (let found = true; found && tries < mostTries;) {
    found = false;
    for (const smaller of smallerThan(best)) {
      if (smaller.body.length >= best.body.length) continue;
      if ((tries += 1) > mostTries) break;
      if (!(await fails(smaller))) continue;
      best = smaller;
      found = true;
      break;
    }
  }
  return best;
}

function* smallerThan(sent: Sent): Generator<Sent> {
  const asked = askedIn(sent.body);
  if (!asked) {
    yield* shorter(sent.body).map((body) => ({ ...sent, body }));
    return;
  }
  const bodyOf = (smaller: Partial<Asked>): Sent => ({ ...sent, body: JSON.stringify({ ...asked, ...smaller }) });
  for (const query of smallerDocuments(asked.query)) {
    const variables = Object.fromEntries(
      Object.entries(asked.variables ?? {}).filter(([name]) => query.includes(`$${name}`)),
    );
    yield bodyOf({ query, variables });
  }
  for (const variables of smallerValues(asked.variables))
    yield bodyOf({ variables: variables as Record<string, unknown> });
}

function askedIn(body: string): Asked | null {
  try {
    const asked = JSON.parse(body) as Asked;
    return typeof asked.query === 'string' ? asked : null;
  } catch {
    return null;
  }
}

/** A text without a stretch of it: large stretches first. */
function shorter(text: string): string[] {
  const texts: string[] = [];
  for (let length = Math.ceil(text.length / 2); length >= 1 && texts.length < 200; length = Math.floor(length / 2)) {
    for (let at = 0; at < text.length && texts.length < 200; at += length)
      texts.push(text.slice(0, at) + text.slice(at + length));
  }
  return texts;
}

function* smallerDocuments(query: string): Generator<string> {
  let document;
  try {
    document = parse(query);
  } catch {
    yield* shorter(query);
    return;
  }
  const isRemovable = (node: ASTNode) =>
    [
      'Field',
      'InlineFragment',
      'FragmentSpread',
      'FragmentDefinition',
      'Directive',
      'Argument',
      'VariableDefinition',
      'ObjectField',
    ].includes(node.kind);
  let count = 0;
  visit(document, { enter: (node) => void (isRemovable(node) && (count += 1)) });
  for (let leftOut = 0; leftOut < count; leftOut += 1) {
    let at = -1;
    const smaller = visit(document, {
      enter(node) {
        if (!isRemovable(node)) return undefined;
        at += 1;
        return at === leftOut ? null : undefined;
      },
      // A pair of braces with nothing in it is no document.
      leave: (node) =>
        node.kind === Kind.SELECTION_SET && node.selections.length === 0
          ? { ...node, selections: [typename] }
          : undefined,
    });
    // Variables that nothing names any more go with what named them.
    const used = new Set<string>();
    visit(smaller, { VariableDefinition: () => false, Variable: ({ name }) => void used.add(name.value) });
    const pruned = visit(smaller, {
      VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
    });
    const text = print(pruned);
    if (text.length < query.length) yield text;
  }
  for (const field of inlined(query)) yield field;
}

/** Long literals, cut in half. */
function* inlined(query: string): Generator<string> {
  for (const literal of query.matchAll(/"((?:[^"\\]|\\.){8,})"/g)) {
    const inner = literal[1]!;
    yield query.replace(literal[0], `"${inner.slice(0, inner.length / 2).replace(/\\+[^\\]{0,4}$/, '')}"`);
  }
}

function* smallerValues(value: unknown): Generator<unknown> {
  if (typeof value === 'string') {
    if (value.length > 1) for (const text of shorter(value).slice(0, 12)) yield text;
  } else if (Array.isArray(value)) {
    if (value.length > 2) yield value.slice(0, value.length / 2);
    for (const [at, item] of value.entries()) {
      yield value.toSpliced(at, 1);
      for (const smaller of smallerValues(item)) yield value.with(at, smaller);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      const { [name]: _, ...others } = value as Record<string, unknown>;
      yield others;
      for (const smaller of smallerValues(part)) yield { ...value, [name]: smaller };
    }
  }
}

import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What is wrong with a line, each flaw with its place and what would be right: `authors[0].role: must be one of …`. */
export function worded(issues: readonly Issue[], value: unknown): string {
  return issues.map((issue) => flaw(issue, [], value)).join('; ');
}

function flaw(issue: Issue, before: readonly PropertyKey[], value: unknown): string {
  const path = [...before, ...issue.path];
  if (issue.code === 'invalid_union') {
    const branch = likeliest(issue.errors);
    if (branch) return branch.map((inner) => flaw(inner, path, value)).join('; ');
  }
  const place = written(path);
  return place === '' ? rule(issue, path, value) : `${place}: ${rule(issue, path, value)}`;
}

/** Of the forms a value may have, the one it comes nearest to: that of its own type. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return (
    branches.find(([first]) => first && !(first.code === 'invalid_type' && first.path.length === 0)) ?? branches[0]
  );
}

function rule(issue: Issue, path: readonly PropertyKey[], value: unknown): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `has no key ${issue.keys.map((key) => `"${key.slice(0, 60)}"`).join(', ')}`;
    case 'invalid_type':
      return valueAt(value, path) === undefined
        ? `is missing; it must be ${article(issue.expected)}`
        : `must be ${article(issue.expected)}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    default:
      return issue.message.startsWith('must ') ? issue.message : `is not right: ${issue.message}`;
  }
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null) return undefined;
    inner = Object.entries(inner).find(([name]) => name === String(key))?.[1];
  }
  return inner;
}

function written(path: readonly PropertyKey[]): string {
  return path
    .map((key, place) => (typeof key === 'number' ? `[${key}]` : `${place === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

/** Which page of a list an address asks for. */
export function positionIn(
  { after, before }: Readonly<Record<string, string>>,
  size: number,
): { first: number; after?: string } | { last: number; before: string } {
  if (before !== undefined && after === undefined) return { last: size, before };
  return after === undefined ? { first: size } : { first: size, after };
}

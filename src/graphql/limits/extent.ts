import { type DocumentNode, GraphQLError, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

/** How large an operation is, with each fragment counted wherever it is spread. */
export interface Extent {
  /** Fields within fields. */
  readonly depth: number;
  readonly aliases: number;
  /** Characters of the longest of them: it stands in the answer wherever its field does. */
  readonly aliasLength: number;
  readonly directives: number;
  /** Fields of the operation itself. */
  readonly roots: number;
  /** How many of those ask for the schema. */
  readonly introspections: number;
}

/** How large an operation may be. */
export const mostOf = { depth: 20, aliases: 60, aliasLength: 100, directives: 60, roots: 30 } as const;

/** Tokens in one document at most. Above 1,000 a document of brackets alone can exhaust the parser's stack. */
export const mostTokens = 2000;

const whatToDo: Record<string, string> = {
  tokens: 'Send it in parts, or name a list by a variable.',
  depth: 'Ask for what lies deeper by its id, in another request.',
  aliases: 'Ask for several things by a list, such as `nodes(ids:)`, or in several requests.',
  'characters in an alias': 'Name it in fewer.',
  directives: 'Leave out those that decide nothing.',
  'root fields': 'Ask in several requests.',
  'characters in an answer': 'Ask for smaller pages (`first`), or for each thing once.',
  cost: 'Ask for smaller pages (`first`), or for less inside lists.',
};

/** What is asked is larger than anybody may ask: refused before anything is read for it. */
export function tooLarge(limit: string, most: number, sent: number | string): GraphQLError {
  return new GraphQLError(
    `The limit of ${limit} is ${most} for one operation, and this has ${sent}. ${whatToDo[limit] ?? ''}`.trim(),
    { extensions: { code: 'LIMIT_EXCEEDED', limit, most, sent, http: { status: 400 } } },
  );
}

const nothing: Extent = { depth: 0, aliases: 0, aliasLength: 0, directives: 0, roots: 0, introspections: 0 };

/** Measures operations of one document, each fragment once. */
export function measuring(document: DocumentNode): (operation: OperationDefinitionNode) => Extent {
  const fragments = new Map(
    document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
  );
  const measured = new Map<string, Extent>();

  function ofFragment(name: string): Extent {
    const known = measured.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    // Until it is measured it is nothing: one that spreads itself is refused by validation.
    measured.set(name, nothing);
    if (!fragment) return nothing;
    const { directives = [] } = fragment;
    const extent = of(fragment.selectionSet, directives.length);
    measured.set(name, extent);
    return extent;
  }

  function of({ selections }: SelectionSetNode, directivesAround: number): Extent {
    let { depth, aliases, aliasLength, roots, introspections } = nothing;
    let directives = directivesAround;
    for (const selection of selections) {
      directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const within = selection.selectionSet ? of(selection.selectionSet, 0) : nothing;
        depth = Math.max(depth, within.depth + 1);
        aliases += within.aliases + (selection.alias ? 1 : 0);
        aliasLength = Math.max(aliasLength, within.aliasLength, selection.alias?.value.length ?? 0);
        directives += within.directives;
        roots += 1;
        if (/^__(schema|type)$/.test(selection.name.value)) introspections += 1;
      } else {
        const within =
          selection.kind === Kind.INLINE_FRAGMENT ? of(selection.selectionSet, 0) : ofFragment(selection.name.value);
        depth = Math.max(depth, within.depth);
        aliases += within.aliases;
        aliasLength = Math.max(aliasLength, within.aliasLength);
        directives += within.directives;
        roots += within.roots;
        introspections += within.introspections;
      }
    }
    return { depth, aliases, aliasLength, directives, roots, introspections };
  }

  return ({ selectionSet, directives = [] }) => of(selectionSet, directives.length);
}

export const operationsOf = ({ definitions }: DocumentNode): OperationDefinitionNode[] =>
  definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);

/** Throws {@link tooLarge} for an operation beyond {@link mostOf}. */
export function refuseTooLarge(document: DocumentNode): void {
  const extentOf = measuring(document);
  for (const operation of operationsOf(document)) {
    const { depth, aliases, aliasLength, directives, roots } = extentOf(operation);
    if (depth > mostOf.depth) throw tooLarge('depth', mostOf.depth, depth);
    if (aliases > mostOf.aliases) throw tooLarge('aliases', mostOf.aliases, aliases);
    if (aliasLength > mostOf.aliasLength) throw tooLarge('characters in an alias', mostOf.aliasLength, aliasLength);
    if (directives > mostOf.directives) throw tooLarge('directives', mostOf.directives, directives);
    if (roots > mostOf.roots) throw tooLarge('root fields', mostOf.roots, roots);
  }
}

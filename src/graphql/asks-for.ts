import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode, TypeNameMetaFieldDef } from 'graphql';

type FieldNodes = GraphQLResolveInfo['fieldNodes'];

/**
 * Says of a connection whether nothing but `fields` is asked of what it lists, in whichever fragment. Found out once for each
 * place in a document.
 */
export function asksOnlyFor(fields: ReadonlySet<string>): (info: GraphQLResolveInfo) => boolean {
  const known = new WeakMap<FieldNodes, boolean>();
  return ({ fieldNodes, fragments }) => {
    let isOnly = known.get(fieldNodes);
    if (isOnly === undefined) {
      const below = (name: string, nodes: readonly FieldNode[]) =>
        nodes
          .flatMap(({ selectionSet }) => fieldsIn(selectionSet, fragments))
          .filter((field) => field.name.value === name);
      const listed = [...below('nodes', fieldNodes), ...below('node', below('edges', fieldNodes))];
      const asked = listed.flatMap(({ selectionSet }) => fieldsIn(selectionSet, fragments));
      isOnly = asked.every(({ name }) => fields.has(name.value) || name.value === TypeNameMetaFieldDef.name);
      known.set(fieldNodes, isOnly);
    }
    return isOnly;
  };
}

const fieldsIn = (
  selectionSet: SelectionSetNode | undefined,
  fragments: GraphQLResolveInfo['fragments'],
): readonly FieldNode[] =>
  (selectionSet?.selections ?? []).flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return selection;
    const within = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    return fieldsIn(within?.selectionSet, fragments);
  });

/** Whether `field` is asked for directly below the field being resolved, in whichever fragment. */
export const asksFor = (field: string, { fieldNodes, fragments }: GraphQLResolveInfo): boolean =>
  fieldNodes.some(({ selectionSet }) => fieldsIn(selectionSet, fragments).some(({ name }) => name.value === field));

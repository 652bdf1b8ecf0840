import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** Whether `field` is asked for directly below the field being resolved, in whichever fragment. */
export function asksFor(field: string, { fieldNodes, fragments }: GraphQLResolveInfo): boolean {
  const isIn = (selections: SelectionSetNode | undefined): boolean =>
    selections?.selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value === field;
      return isIn(
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection.selectionSet
          : fragments[selection.name.value]?.selectionSet,
      );
    }) ?? false;
  return fieldNodes.some(({ selectionSet }) => isIn(selectionSet));
}

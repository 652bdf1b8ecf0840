import { type DocumentNode, getOperationAST, type OperationDefinitionNode, parse } from 'graphql';

export interface Asked {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/**
 * What running `query` asks; null where that is for the service to say. GraphiQL learns the name of an operation a moment
 * after it shows the document, so `name` may still be that of the document before: then a sole operation is meant.
 */
export function askedBy(query: string, name: string | null | undefined): Asked | null {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch {
    return null;
  }
  const operation = getOperationAST(document, name) ?? getOperationAST(document);
  return operation ? { document, operation } : null;
}

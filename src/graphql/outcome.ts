import { type DocumentNode, getOperationAST, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import { handleStreamOrSingleExecutionResult, type Plugin } from 'graphql-yoga';

/** What came of executing a request, for whoever sends its answer. */
export interface Outcome {
  /** Something that the next question must find. */
  wrote: boolean;
  /** No field of it failed. */
  isWhole: boolean;
  /** What it is called among measures. */
  operation?: string;
}

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    /** What this mutation writes is written after it is answered: there is nothing yet to wait for. */
    writesLater?: boolean;
  }
}

function writes({ operation, selectionSet }: OperationDefinitionNode, schema: GraphQLSchema): boolean {
  const fields = schema.getMutationType()?.getFields() ?? {};
  return (
    operation === 'mutation' &&
    selectionSet.selections.some(
      (selection) => selection.kind !== Kind.FIELD || !fields[selection.name.value]?.extensions.writesLater,
    )
  );
}

/** Notes in the request's context what came of it. */
export function useOutcome(): Plugin<{ outcome: Outcome }> {
  return {
    onExecute({ args }) {
      const { outcome } = args.contextValue;
      const { document, operationName, schema } = args as {
        document: DocumentNode;
        operationName?: string;
        schema: GraphQLSchema;
      };
      const operation = getOperationAST(document, operationName);
      if (operation) outcome.wrote = writes(operation, schema);
      return {
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result }) => {
            if (result.errors) outcome.isWhole = false;
          }),
      };
    },
  };
}

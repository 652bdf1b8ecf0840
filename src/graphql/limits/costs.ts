import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  getVariableValues,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import { measuring } from './extent.js';
import { introspecting, pricedBy, writing } from './prices.js';

/** An operation of a document, made ready to be priced for whatever it is given. */
interface Priced {
  readonly operation: OperationDefinitionNode;
  /** The operation by itself, with its fragments. */
  readonly document: DocumentNode;
  /** The variables that the price depends on. */
  readonly variables: readonly string[];
  /** What it costs whatever it is given. */
  readonly besides: number;
  readonly known: Map<string, number>;
}

/** So many prices of one document are remembered; a client that varies more is counted for anew. */
const mostKnown = 50;

const byDocument = new WeakMap<DocumentNode, Map<string, Priced | null>>();

function pricedOf(document: DocumentNode, operationName: string | null | undefined): Priced | null {
  let operations = byDocument.get(document);
  if (!operations) {
    operations = new Map<string, Priced | null>();
    byDocument.set(document, operations);
  }
  const name = operationName ?? '';
  let priced = operations.get(name);
  if (priced === undefined) {
    const operation = getOperationAST(document, operationName);
    priced = operation ? prepared(document, operation) : null;
    // A name that the document does not have is a client's to choose: nothing is kept under it.
    if (priced) operations.set(name, priced);
  }
  return priced;
}

function prepared(document: DocumentNode, operation: OperationDefinitionNode): Priced {
  const variables = new Set<string>();
  visit(document, {
    Argument({ name, value }) {
      if (pricedBy.has(name.value))
        visit(value, { Variable: ({ name: variable }) => void variables.add(variable.value) });
    },
  });
  const { roots, introspections } = measuring(document)(operation);
  return {
    operation,
    document: {
      kind: Kind.DOCUMENT,
      definitions: [operation, ...document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)],
    },
    variables: [...variables].sort(),
    besides: introspections * introspecting + (operation.operation === 'mutation' ? roots * writing : 0),
    known: new Map(),
  };
}

/** What is left out is not what is null: a default may stand for it. */
const told = (value: unknown): unknown => {
  if (value === undefined) return {};
  return Array.isArray(value) ? { length: value.length } : value;
};

type Asked = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

/**
 * What an operation costs with what it is given, counted once for each document and size of its pages; null where it cannot be
 * executed. Throws what is wrong with an argument.
 */
export function costOf({ schema, document, operationName, variableValues }: Asked): number | null {
  const priced = pricedOf(document, operationName);
  if (!priced) return null;
  const key = JSON.stringify(priced.variables.map((name) => told(variableValues?.[name])));
  const known = priced.known.get(key);
  if (known !== undefined) return known;
  const cost = countedCost(schema, priced, { ...variableValues });
  if (cost === null || key.length > 1000) return cost;
  if (priced.known.size >= mostKnown) priced.known.clear();
  priced.known.set(key, cost);
  return cost;
}

function countedCost(schema: GraphQLSchema, priced: Priced, variables: Record<string, unknown>): number | null {
  const { operation, document, besides } = priced;
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 1 });
  return errors ? null : besides + complexityFromQuery(document, { schema, variables }).complexity;
}

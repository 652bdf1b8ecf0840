import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  getDirectiveValues,
  getNullableType,
  getOperationAST,
  GraphQLIncludeDirective,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  type InlineFragmentNode,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql';
import { deferDirective, streamDirective } from './directives.js';

type Values = Readonly<Record<string, unknown>>;

/** A field of one type as one operation asks for it. */
export interface PlannedField {
  /** The same field has one number wherever its plan is used. */
  readonly number: number;
  /** What it is called in the answer. */
  readonly key: string;
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  /** Whether its resolver looks at more than what it is given. */
  readonly wantsInfo: boolean;
  /** Whether it is a list that is asked for item by item: `@stream` says so, if its arguments do. */
  readonly isStreamed: boolean;
  readonly value: PlannedValue;
}

/** What is asked of an object. */
export interface PlannedSelection {
  readonly fields: readonly PlannedField[];
  /** What is asked for after the rest, by `@defer`. */
  readonly deferred: readonly DeferredSelection[];
}

export interface DeferredSelection extends PlannedSelection {
  readonly label: string | null;
}

/** What becomes of a value, by its type. */
export type PlannedValue = { readonly isNonNull: boolean; readonly type: GraphQLOutputType } & (
  | { readonly kind: 'leaf'; readonly leaf: GraphQLLeafType }
  | { readonly kind: 'list'; readonly item: PlannedValue }
  | { readonly kind: 'object'; readonly object: GraphQLObjectType; readonly selection: () => PlannedSelection }
  | {
      readonly kind: 'abstract';
      readonly abstract: GraphQLAbstractType;
      readonly selectionOf: (object: GraphQLObjectType) => PlannedSelection;
    }
);

/** A query or mutation made ready to be executed any number of times. */
export interface Plan {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  readonly root: GraphQLObjectType;
  readonly selection: PlannedSelection;
}

/** What a plan is run with. */
export interface RunOptions {
  readonly schema: GraphQLSchema;
  readonly plan: Plan;
  readonly variables: Record<string, unknown>;
  readonly rootValue: unknown;
  readonly context: unknown;
  readonly signal: AbortSignal | undefined;
  /** How long the answer may be, or one part of it, as `charactersIn` counts. */
  readonly mostCharacters: number;
}

interface Plannable {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
  /** The variables that decide which fields are asked for at all. */
  readonly deciding: readonly string[];
  readonly plans: Map<string, Plan>;
}

const byDocument = new WeakMap<DocumentNode, Map<string, Plannable | null>>();
/** So many plans of one document are remembered, one for each way in which `@skip` and `@include` have decided. */
const mostPlans = 8;

function plannableOf(document: DocumentNode, operationName: string | null | undefined): Plannable | null {
  let known = byDocument.get(document);
  if (!known) {
    known = new Map<string, Plannable | null>();
    byDocument.set(document, known);
  }
  const name = operationName ?? '';
  let plannable = known.get(name);
  if (plannable === undefined) {
    const operation = getOperationAST(document, operationName);
    // A name that the document does not have is a client's to choose: nothing is kept under it.
    if (!operation) return null;
    plannable = operation.operation === OperationTypeNode.SUBSCRIPTION ? null : prepared(document, operation);
    known.set(name, plannable);
  }
  return plannable;
}

function prepared(document: DocumentNode, operation: OperationDefinitionNode): Plannable | null {
  const deciding = new Set<string>();
  let isPlannable = true;
  visit(document, {
    Directive(directive) {
      if (!['skip', 'include', deferDirective.name].includes(directive.name.value)) return;
      visit(directive, { Variable: ({ name }) => void deciding.add(name.value) });
    },
    // No object of JavaScript can have it.
    Field({ name, alias }) {
      if ((alias ?? name).value === '__proto__') isPlannable = false;
    },
  });
  if (!isPlannable) return null;
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const each of document.definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments[each.name.value] = each;
  }
  return { operation, fragments, deciding: [...deciding].sort(), plans: new Map() };
}

/** The operation of a document that variables are coerced for; null for what is not planned. */
export const plannedOperation = (
  document: DocumentNode,
  operationName: string | null | undefined,
): OperationDefinitionNode | null => plannableOf(document, operationName)?.operation ?? null;

/** The plan of an operation with these variables, made once; null where it is to be executed in another way. */
export function planOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Values,
): Plan | null {
  const plannable = plannableOf(document, operationName);
  const root = plannable && schema.getRootType(plannable.operation.operation);
  if (!root) return null;
  const decided = plannable.deciding.map((name) => String(variables[name])).join();
  let plan = plannable.plans.get(decided);
  if (!plan) {
    plan = new Planning(schema, plannable, variables).of(root);
    if (plannable.plans.size >= mostPlans) plannable.plans.clear();
    plannable.plans.set(decided, plan);
  }
  return plan;
}

class Planning {
  private count = 0;
  private readonly decided: Values;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly plannable: Plannable,
    variables: Values,
  ) {
    this.decided = Object.fromEntries(plannable.deciding.map((name) => [name, variables[name]]));
  }

  of(root: GraphQLObjectType): Plan {
    const { operation, fragments } = this.plannable;
    return { operation, fragments, root, selection: this.selectionOf(root, [operation.selectionSet]) };
  }

  /** GraphQL section 6.3.2, CollectFields. */
  private selectionOf(parent: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): PlannedSelection {
    const groups = new Map<string, FieldNode[]>();
    const deferred: DeferredSelection[] = [];
    const visited = new Set<string>();
    const take = (spread: FragmentSpreadNode | InlineFragmentNode, selectionSet: SelectionSetNode): void => {
      const label = this.deferredAs(spread);
      if (label === undefined) collect(selectionSet);
      else deferred.push({ label, ...this.selectionOf(parent, [selectionSet]) });
    };
    const collect = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        if (!this.isIncluded(selection)) continue;
        if (selection.kind === Kind.FIELD) {
          const key = (selection.alias ?? selection.name).value;
          const group = groups.get(key);
          if (group) group.push(selection);
          else groups.set(key, [selection]);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          if (this.applies(selection.typeCondition?.name.value, parent)) take(selection, selection.selectionSet);
        } else {
          const name = selection.name.value;
          const fragment = this.plannable.fragments[name];
          if (visited.has(name) || !fragment) continue;
          // What comes later may be asked for at once as well.
          if (this.deferredAs(selection) === undefined) visited.add(name);
          if (this.applies(fragment.typeCondition.name.value, parent)) take(selection, fragment.selectionSet);
        }
      }
    };
    selectionSets.forEach(collect);
    const fields = Array.from(groups, ([key, nodes]) => this.planned(key, parent, nodes));
    return { fields: fields.filter((field) => field !== null), deferred };
  }

  /** What a fragment that is asked for later is called, null for nothing; undefined for one that is not. */
  private deferredAs(spread: FragmentSpreadNode | InlineFragmentNode): string | null | undefined {
    const defer = getDirectiveValues(deferDirective, spread, this.decided);
    if (!defer || defer['if'] === false) return undefined;
    return typeof defer['label'] === 'string' ? defer['label'] : null;
  }

  private isIncluded(selection: SelectionNode): boolean {
    if (!selection.directives?.length) return true;
    if (getDirectiveValues(GraphQLSkipDirective, selection, this.decided)?.['if'] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, selection, this.decided)?.['if'] !== false;
  }

  private applies(condition: string | undefined, parent: GraphQLObjectType): boolean {
    if (condition === undefined || condition === parent.name) return true;
    const type = this.schema.getType(condition);
    return isAbstractType(type) && this.schema.isSubType(type, parent);
  }

  private planned(key: string, parent: GraphQLObjectType, nodes: readonly FieldNode[]): PlannedField | null {
    const field = this.fieldNamed(nodes[0]!.name.value, parent);
    if (!field) return null;
    const { length = 0 } = field.resolve ?? {};
    this.count += 1;
    const wantsInfo = field.resolve !== undefined && (length === 0 || length > 3);
    const isStreamed = nodes[0]!.directives?.some(({ name }) => name.value === streamDirective.name) === true;
    const value = this.valueOf(field.type, nodes);
    return { number: this.count, key, parent, field, nodes, wantsInfo, isStreamed, value };
  }

  private fieldNamed(name: string, parent: GraphQLObjectType): GraphQLField<unknown, unknown> | undefined {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (parent === this.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    return parent.getFields()[name];
  }

  private valueOf(given: GraphQLOutputType, nodes: readonly FieldNode[]): PlannedValue {
    const type = getNullableType(given);
    const common = { isNonNull: isNonNullType(given), type };
    if (isListType(type)) return { ...common, kind: 'list', item: this.valueOf(type.ofType, nodes) };
    if (isLeafType(type)) return { ...common, kind: 'leaf', leaf: type };
    const selectionSets = nodes.map(({ selectionSet }) => selectionSet).filter((each) => each !== undefined);
    // Planned when first met: of an abstract type, most of what is possible never comes.
    const known = new Map<GraphQLObjectType, PlannedSelection>();
    const selectionOf = (object: GraphQLObjectType) => {
      let selection = known.get(object);
      if (!selection) known.set(object, (selection = this.selectionOf(object, selectionSets)));
      return selection;
    };
    if (isObjectType(type)) return { ...common, kind: 'object', object: type, selection: () => selectionOf(type) };
    return { ...common, kind: 'abstract', abstract: type, selectionOf };
  }
}

import { getNamedType, isUnionType } from 'graphql';
import { makeGraph } from '../../src/content/graph.js';
import type { TestService } from './service.js';

const schema = makeGraph();

const refusals: Record<string, string> = {
  ValidationError: 'message fields { path message }',
  ConflictError: 'message currentRevision',
  TransitionError: 'message from allowed',
};

/** The document of a mutation with one input: `success` of what was done, and everything a refusal can say. */
export function documentOf(mutation: string, success: string): string {
  const field = schema.getMutationType()?.getFields()[mutation];
  const result = field && getNamedType(field.type);
  if (!isUnionType(result)) throw new Error(`${mutation} is no mutation that answers a union`);
  const parts = result
    .getTypes()
    .map(({ name }) => `... on ${name} { ${refusals[name] ?? (name.endsWith('Success') ? success : 'message')} }`);
  return `mutation ($input: ${String(field?.args[0]?.type)}) { ${mutation}(input: $input) { __typename ${parts.join(' ')} } }`;
}

/** Sends a mutation and answers what became of it. Throws where it met a fault. */
export async function mutate(
  service: TestService,
  mutation: string,
  input: object,
  success: string,
  headers: Record<string, string> = {},
): Promise<any> {
  const { data, errors } = await service.query(documentOf(mutation, success), { input }, headers);
  if (errors) throw new Error(JSON.stringify(errors));
  return data[mutation];
}

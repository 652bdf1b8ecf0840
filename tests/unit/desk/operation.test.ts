import { askedBy } from '../../../desk/operation.js';

it.each([
  ['the operation that is named', 'query A { a } mutation B { b }', 'B', 'mutation B'],
  ['the sole one, when none is named', '{ a }', undefined, 'query undefined'],
  ['the sole one, when the name is that of another document', 'mutation B { b }', 'A', 'mutation B'],
  ['a sole subscription', 'subscription S { s }', null, 'subscription S'],
])('finds %s', (_what, query, name, found) => {
  const { operation } = askedBy(query, name) ?? {};
  expect(`${operation?.operation} ${operation?.name?.value}`).toBe(found);
});

it.each([
  ['two operations and neither is named', 'query A { a } query B { b }', undefined],
  ['two operations and another is named', 'query A { a } query B { b }', 'C'],
  ['no operation', 'fragment F on T { f }', undefined],
  ['no GraphQL', 'query A {', 'A'],
])('leaves it to the service where there is %s', (_what, query, name) => expect(askedBy(query, name)).toBeNull());

import { GraphQLError, GraphQLScalarType } from 'graphql';
import { DateTimeISOResolver, URLResolver } from 'graphql-scalars';
import { isWritable } from '../moments.js';
import type { Builder } from './builder.js';

function writable(moment: Date): Date {
  if (isWritable(moment.getTime())) return moment;
  throw new GraphQLError('A DateTime must be in the years 0001 to 9999, in UTC.');
}

/** `DateTime` as RFC 3339 section 5.6 in UTC with milliseconds, and `URL` as the WHATWG URL standard has it. */
export function defineScalars(builder: Builder): void {
  const dateTime = new GraphQLScalarType({
    ...DateTimeISOResolver.toConfig(),
    name: 'DateTime',
    description: 'A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-01-31T08:30:00.000Z`.',
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
    parseValue: (value) => writable(DateTimeISOResolver.parseValue(value)),
    parseLiteral: (node, variables) => writable(DateTimeISOResolver.parseLiteral(node, variables)),
    serialize: (value) => (value instanceof Date ? value.toISOString() : DateTimeISOResolver.serialize(value)),
  });
  const url = new GraphQLScalarType({
    ...URLResolver.toConfig(),
    name: 'URL',
    description: 'An absolute address, `https://` or `http://`.',
    specifiedByURL: 'https://url.spec.whatwg.org/',
    serialize: String,
  });
  builder.addScalarType('DateTime', dateTime);
  builder.addScalarType('URL', url);
}

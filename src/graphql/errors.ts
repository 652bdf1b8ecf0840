import { GraphQLError } from 'graphql';

/** What was asked cannot be answered as it was asked. The message says what would be right. */
export const badInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

/** A cursor that this list did not give out. */
export const badCursor = (): GraphQLError =>
  new GraphQLError(
    'This cursor does not belong to this list. Use a cursor from the same field with the same order, or none.',
    {
      extensions: { code: 'BAD_CURSOR' },
    },
  );

/** What the viewer may not ask for, however it is asked. */
export const forbidden = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });

/** The code that a client is told. */
export const codeIn = ({ extensions }: Pick<GraphQLError, 'extensions'>): string =>
  typeof extensions['code'] === 'string' ? extensions['code'] : 'UNKNOWN';

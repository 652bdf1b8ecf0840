import { GraphQLError } from 'graphql';
import { pino } from 'pino';
import { TooMuchWaits } from '../../../src/beside.js';
import { shown } from '../../../src/graphql/masking.js';

it('says to come again where too much waits for a thread, in an answer that nobody keeps', () => {
  const error = new GraphQLError('x', { path: ['body'], originalError: new TooMuchWaits() });
  expect(shown(error, pino({ enabled: false }))).toMatchObject({
    message: 'More is asked for at once than can be done. Try again in a moment, or ask for less.',
    path: ['body'],
    extensions: {
      code: 'OVERLOADED',
      retryAfter: 1,
      http: { status: 503, headers: { 'retry-after': '1', 'cache-control': 'no-store' } },
    },
  });
});

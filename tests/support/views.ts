import { globalId } from '../../src/graphql/builder.js';
import { operation } from './operations.js';
import type { TestService } from './service.js';

export const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

export interface Sender {
  address?: string;
  agent?: string | null;
  headers?: Record<string, string>;
}

/** Sends a view as a reader's browser does, and answers what became of it. */
export async function recordView(service: TestService, articleId: string, sender: Sender = {}): Promise<any> {
  const { address = '203.0.113.7', agent = browser, headers = {} } = sender;
  const response = await service.request(
    '/graphql',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(agent === null ? {} : { 'user-agent': agent }), ...headers },
      body: JSON.stringify({ query: operation('record-view'), variables: { article: globalId('Article', articleId) } }),
    },
    address,
  );
  const { data } = (await response.json()) as { data: any };
  return data.recordView;
}

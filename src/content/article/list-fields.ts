import type { GraphQLResolveInfo } from 'graphql';
import { asksOnlyFor } from '../../graphql/asks-for.js';
import { type Connection, connectionFrom, type PageArguments, pageOf } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { type ArticleOwner, placeOf } from './lists.js';
import { type ArticleRow, fieldsOf, type RowExtent } from './row.js';

const isOfLines = asksOnlyFor(fieldsOf.LINE);
const isOfCards = asksOnlyFor(fieldsOf.CARD);

/** How much of each article a field that lists them asks for. */
export const extentAsked = (info: GraphQLResolveInfo): RowExtent =>
  isOfLines(info) ? 'LINE' : isOfCards(info) ? 'CARD' : 'WHOLE';

/** The articles of one owner as a connection, newest first; batched over all owners that ask alike. */
export async function articlesOf(
  owner: ArticleOwner,
  id: string,
  args: PageArguments,
  { loaders }: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<ArticleRow>> {
  const list = `${owner}:${id}`;
  const page = pageOf(list, args);
  const order = 'PUBLISHED_AT_DESC';
  const rows = await loaders.article.pagesOf({ owner, order, page, extent: extentAsked(info) }).load(id);
  return connectionFrom(rows, page, list, placeOf(order), () => loaders.article.countOf(owner).load(id));
}

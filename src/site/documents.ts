import { readFileSync } from 'node:fs';
import type {
  ArticlePageQuery,
  ArticlePageQueryVariables,
  AuthorPageQuery,
  AuthorPageQueryVariables,
  CollectionPageQuery,
  CollectionPageQueryVariables,
  HomePageQuery,
  HomePageQueryVariables,
  LatestLiveSubscription,
  LatestLiveSubscriptionVariables,
  PostCommentMutation,
  PostCommentMutationVariables,
  RecordViewMutation,
  RecordViewMutationVariables,
  ResolvePathQuery,
  ResolvePathQueryVariables,
  SearchQuery,
  SearchQueryVariables,
  SectionPageQuery,
  SectionPageQueryVariables,
  SiteFrameQuery,
  SiteFrameQueryVariables,
  SuggestQuery,
  SuggestQueryVariables,
  TagPageQuery,
  TagPageQueryVariables,
  TrendingQuery,
  TrendingQueryVariables,
} from '../generated/operations.js';

/** A document of `schema/operations`, with what it answers and what it has to be told. */
export interface SiteDocument<Answer, Variables> {
  readonly text: string;
  /** For types alone. */
  readonly of?: (variables: Variables) => Answer;
}

const folder = new URL('../../schema/operations/', import.meta.url);

const document = <Answer, Variables>(name: string): SiteDocument<Answer, Variables> => ({
  text: readFileSync(new URL(`${name}.graphql`, folder), 'utf8'),
});

/** All that the site knows of the graph: persisted documents, which any other client may ask by as well. */
export const siteDocuments = () => ({
  frame: document<SiteFrameQuery, SiteFrameQueryVariables>('site-frame'),
  home: document<HomePageQuery, HomePageQueryVariables>('home-page'),
  section: document<SectionPageQuery, SectionPageQueryVariables>('section-page'),
  article: document<ArticlePageQuery, ArticlePageQueryVariables>('article-page'),
  author: document<AuthorPageQuery, AuthorPageQueryVariables>('author-page'),
  tag: document<TagPageQuery, TagPageQueryVariables>('tag-page'),
  collection: document<CollectionPageQuery, CollectionPageQueryVariables>('collection-page'),
  trending: document<TrendingQuery, TrendingQueryVariables>('trending'),
  view: document<RecordViewMutation, RecordViewMutationVariables>('record-view'),
  live: document<LatestLiveSubscription, LatestLiveSubscriptionVariables>('latest-live'),
  search: document<SearchQuery, SearchQueryVariables>('search'),
  suggest: document<SuggestQuery, SuggestQueryVariables>('suggest'),
  comment: document<PostCommentMutation, PostCommentMutationVariables>('post-comment'),
  path: document<ResolvePathQuery, ResolvePathQueryVariables>('resolve-path'),
});

export type SiteDocuments = ReturnType<typeof siteDocuments>;

import type { ArticlePageQuery } from '../../generated/operations.js';
import type { Frame, RefusedComment } from '../page.js';
import { words } from '../words.js';
import { Moment } from './dates.js';

type Article = NonNullable<ArticlePageQuery['article']>;

interface Comment {
  id: string;
  author: string;
  html: string;
  createdAt: string;
  replies?: Comment[];
}

/** Where a comment is written, and what it was refused for. */
interface Writing {
  article: Article;
  /** Where the form is sent: the page itself. */
  action: string;
  refused?: RefusedComment | undefined;
}

const longestName = 80;
const longestText = 5000;

function Form({ article, action, refused, parent = '' }: Writing & { parent?: string }) {
  const mine = refused?.parent === parent ? refused : undefined;
  const problems = parent === '' ? 'problems' : `problems-${parent}`;
  const described = mine ? { 'aria-invalid': true, 'aria-describedby': problems } : {};
  return (
    <form class="comment-form" method="post" action={`${action}#${mine ? problems : 'comments'}`}>
      {mine ? (
        <div class="notice" id={problems} role="alert">
          {mine.problems.map((problem) => (
            <p>{problem}</p>
          ))}
        </div>
      ) : null}
      <input type="hidden" name="article" value={article.id} />
      {parent === '' ? null : <input type="hidden" name="parent" value={parent} />}
      <label>
        {words.commentName}
        <input name="author" required maxLength={longestName} autocomplete="name" value={mine?.author} {...described} />
      </label>
      <label>
        {words.commentText}
        <textarea name="text" required maxLength={longestText} rows={6} {...described}>
          {mine?.text}
        </textarea>
      </label>
      <p class="hint">{words.commentHint}</p>
      <button>{parent === '' ? words.commentSend : words.answerSend}</button>
    </form>
  );
}

interface OneCommentProps extends Writing {
  comment: Comment;
  paper: Frame['publication'];
  isAnswer?: boolean;
}

function OneComment({ comment, paper, isAnswer = false, ...writing }: OneCommentProps) {
  const { id, author, html, createdAt, replies = [] } = comment;
  return (
    <li id={`comment-${id}`}>
      <p class="small">
        <strong>{author}</strong> <Moment at={createdAt} paper={paper} />
      </p>
      {/* Made of plain text by the graph: paragraphs, breaks and links, whatever was typed. */}
      <div class="said" dangerouslySetInnerHTML={{ __html: html }} />
      {replies.length > 0 ? (
        <ol class="replies">
          {replies.map((reply) => (
            <OneComment comment={reply} paper={paper} isAnswer {...writing} />
          ))}
        </ol>
      ) : null}
      {isAnswer || !writing.article.commentsOpen ? null : (
        <details open={writing.refused?.parent === id}>
          <summary aria-label={words.answerTo(author)}>{words.answer}</summary>
          <Form {...writing} parent={id} />
        </details>
      )}
    </li>
  );
}

const outcomes: Readonly<Record<string, string>> = { held: words.commentHeld, shown: words.commentShown };

interface CommentsProps {
  article: Article;
  paper: Frame['publication'];
  /** What became of the comment that was just sent. */
  outcome?: string | undefined;
  /** From which comment on. */
  after?: string | undefined;
  refused?: RefusedComment | undefined;
}

/** What readers wrote under a piece, and where they write. */
export function Comments({ article, paper, outcome = '', after, refused }: CommentsProps) {
  const { comments, commentCount, commentsOpen, path } = article;
  const writing = { article, action: after === undefined ? path : `${path}?commentsAfter=${after}`, refused };
  const { hasNextPage, endCursor } = comments.pageInfo;
  return (
    <section class="comments" id="comments" aria-labelledby="comments-title">
      <h2 id="comments-title">{commentCount > 0 ? words.commentCount(commentCount) : words.comments}</h2>
      {outcomes[outcome] ? (
        <p class="notice" role="status">
          {outcomes[outcome]}
        </p>
      ) : null}
      {comments.nodes.length > 0 ? (
        <ol>
          {comments.nodes.map((comment) => (
            <OneComment comment={comment} paper={paper} {...writing} />
          ))}
        </ol>
      ) : null}
      {commentCount === 0 && commentsOpen ? <p class="small">{words.noComments}</p> : null}
      {hasNextPage && endCursor ? (
        <p class="small">
          <a href={`${path}?commentsAfter=${endCursor}#comments`}>{words.moreComments}</a>
        </p>
      ) : null}
      {commentsOpen ? (
        <>
          <h3 id="write">{words.writeComment}</h3>
          <Form {...writing} />
        </>
      ) : (
        <>
          <p class="small">{words.commentsClosed}</p>
          {refused ? <p class="notice">{refused.problems.join(' ')}</p> : null}
        </>
      )}
    </section>
  );
}

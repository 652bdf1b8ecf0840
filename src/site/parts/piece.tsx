import type { BylineRole } from '../../generated/operations.js';
import type { Frame } from '../page.js';
import { words } from '../words.js';
import { addresses } from './addresses.js';
import { Moment } from './dates.js';
import { Figure, Kicker, type Picture } from './teaser.js';

interface Name {
  name: string;
  role: BylineRole;
  affiliation: string | null;
  note: string | null;
  author: { slug: string; name: string } | null;
}

export interface WholePiece {
  id?: string;
  path: string;
  headline: string;
  standfirst: string | null;
  language: string;
  publishedAt: string | null;
  firstPublishedAt: string | null;
  byline: string;
  bylines: Name[];
  section: { slug: string; name: string };
  leadImage: (Picture & { caption: string | null }) | null;
  body: { html: string; readingMinutes: number };
  source: {
    attribution: string;
    originalUrl: string | null;
    license: string | null;
    partner: { name: string; url: string | null };
  } | null;
}

const marks = ['*', '†', '‡', '§', '‖', '¶'];
const markOf = (index: number): string =>
  (marks[index % marks.length] ?? '*').repeat(1 + Math.floor(index / marks.length));

const isNoted = ({ affiliation, note }: Name): boolean => affiliation !== null || note !== null;

function Names({ names, noted, language }: { names: Name[]; noted: Name[]; language: string }) {
  const list = new Intl.ListFormat(language, { type: 'conjunction' }).formatToParts(names.map(({ name }) => name));
  let index = 0;
  return (
    <>
      {list.map(({ type, value }) => {
        if (type === 'literal') return value;
        const one = names[index++];
        const mark = one && isNoted(one) ? <sup>{markOf(noted.indexOf(one))}</sup> : null;
        return (
          <>
            {one?.author ? (
              <a rel="author" href={addresses.author(one.author.slug)}>
                {value}
              </a>
            ) : (
              value
            )}
            {mark}
          </>
        );
      })}
    </>
  );
}

/** Who wrote it, in order, each as they stood on this piece; those who did something else after them. */
function Bylines({ piece }: { piece: WholePiece }) {
  const { bylines, language } = piece;
  const writers = bylines.filter(({ role }) => role === 'WRITER' || role === 'CONTRIBUTOR');
  const noted = bylines.filter(isNoted);
  const first = writers.length > 0 ? writers : bylines;
  const others = bylines.filter((name) => !first.includes(name));
  if (bylines.length === 0) return null;
  return (
    <div class="bylines">
      <p>
        {first.length > 1 ? words.authors : words.author}: <Names names={first} noted={noted} language={language} />
      </p>
      {[...new Set(others.map(({ role }) => role))].map((role) => (
        <p>
          {words.roles[role]}:{' '}
          <Names names={others.filter((name) => name.role === role)} noted={noted} language={language} />
        </p>
      ))}
    </div>
  );
}

function Notes({ bylines }: { bylines: Name[] }) {
  const noted = bylines.filter(isNoted);
  if (noted.length === 0) return null;
  return (
    <ul class="notes">
      {noted.map(({ name, affiliation, note }, index) => (
        <li>
          <sup>{markOf(index)}</sup> {name}
          {affiliation ? `, ${affiliation}` : ''}. {note}
        </li>
      ))}
    </ul>
  );
}

function Source({ source }: { source: NonNullable<WholePiece['source']> }) {
  const { attribution, partner, originalUrl, license } = source;
  return (
    <p class="source">
      {partner.url ? <a href={partner.url}>{attribution}</a> : attribution}
      {originalUrl ? (
        <>
          {' · '}
          <a href={originalUrl}>{words.originally}</a>
        </>
      ) : null}
      {license ? ` · ${license}` : ''}
    </p>
  );
}

interface PieceProps {
  piece: WholePiece;
  paper: Frame['publication'];
  /** 1 where it is the page, 2 where it is one of several. */
  level: 1 | 2;
  isFirst?: boolean;
}

/** A whole piece: section, headline, date, who, picture, words, whence. */
export function Piece({ piece, paper, level, isFirst = true }: PieceProps) {
  const Heading = `h${level}` as const;
  const { section, headline, standfirst, language, publishedAt, firstPublishedAt, leadImage, body, source } = piece;
  const isMoved = publishedAt !== null && firstPublishedAt !== null && publishedAt !== firstPublishedAt;
  return (
    <article class="piece" lang={language} data-id={piece.id}>
      <header>
        <Kicker section={section} />
        <Heading class="headline">{level === 1 ? headline : <a href={piece.path}>{headline}</a>}</Heading>
        {standfirst ? <p class="standfirst">{standfirst}</p> : null}
        <Bylines piece={piece} />
        <p class="small" lang={paper.language}>
          {publishedAt ? (
            <span>
              {words.publishedOn} <Moment at={firstPublishedAt ?? publishedAt} paper={paper} />
            </span>
          ) : null}
          {isMoved ? (
            <span>
              {words.updatedOn} <Moment at={publishedAt} paper={paper} />
            </span>
          ) : null}
          <span>{words.minutes(body.readingMinutes)}</span>
        </p>
      </header>
      {leadImage ? <Figure image={leadImage} isFirst={isFirst} /> : null}
      {/* Sanitised when it was stored, and again when it was read. */}
      <div class="body" dangerouslySetInnerHTML={{ __html: body.html }} />
      <Notes bylines={piece.bylines} />
      {source ? <Source source={source} /> : null}
    </article>
  );
}

import type { BylineRole } from '../../generated/prisma/enums.js';
import type { ImageValue } from '../image/store.js';

/** A byline as it is to stand on a piece. */
export interface PieceByline {
  authorId: string | null;
  /** The author's slug at that save, kept in the revision so that it can be read without the author. */
  author: string | null;
  name: string;
  role: BylineRole;
  affiliation: string | null;
  note: string | null;
}

/** All of a piece that a save can change: what one revision holds. References are ids, resolved beforehand. */
export interface Piece {
  slug: string;
  headline: string;
  standfirst: string | null;
  html: string;
  /** The body's tree as JSON, as it is stored. */
  tree: string;
  wordCount: number;
  opening: string;
  section: { id: string; slug: string };
  language: string;
  bylines: PieceByline[];
  tags: { id: string; slug: string }[];
  leadImage: { id: string; value: ImageValue } | null;
  partner: { id: string; slug: string } | null;
  attribution: string | null;
  originalUrl: string | null;
  license: string | null;
  commentsOpen: boolean;
}

/** What of a revision is not its words: kept with it, so that restoring it restores the whole piece. */
export interface RevisionDetails {
  slug: string;
  section: string;
  language: string;
  bylines: Omit<PieceByline, 'authorId'>[];
  tags: string[];
  leadImage: ImageValue | null;
  partner: string | null;
  attribution: string | null;
  originalUrl: string | null;
  license: string | null;
  commentsOpen: boolean;
}

export const detailsOf = (piece: Piece): RevisionDetails => ({
  slug: piece.slug,
  section: piece.section.slug,
  language: piece.language,
  bylines: piece.bylines.map(({ author, name, role, affiliation, note }) => ({
    author,
    name,
    role,
    affiliation,
    note,
  })),
  tags: piece.tags.map(({ slug }) => slug),
  leadImage: piece.leadImage?.value ?? null,
  partner: piece.partner?.slug ?? null,
  attribution: piece.attribution,
  originalUrl: piece.originalUrl,
  license: piece.license,
  commentsOpen: piece.commentsOpen,
});

import type { ArticleStatus as StoredStatus } from '../../../generated/prisma/enums.js';

/** What a partner's seeing a piece depends on, in the order in which an editor would ask. */
export type VisibilityRule = 'ENTITLED' | 'PUBLISHED' | 'DELAY' | 'SECTION' | 'TAG' | 'LANGUAGE' | 'SOURCE' | 'RESALE';

export interface VisibilityCheck {
  rule: VisibilityRule;
  holds: boolean;
  explanation: string;
}

/** What there is to explain; names are as readers know them. */
export interface VisibilityFacts {
  status: StoredStatus;
  now: Date;
  publishedAt: Date | null;
  from: Date | null;
  delayMinutes: number;
  isEntitled: boolean;
  holds: Readonly<Record<Exclude<VisibilityRule, 'ENTITLED' | 'PUBLISHED'>, boolean>>;
  section: string;
  /** Null where the entitlement sets no bounds. */
  sections: readonly string[] | null;
  tags: readonly string[] | null;
  language: string;
  languages: readonly string[] | null;
  source: string | null;
  isOwn: boolean;
  license: string | null;
}

/** Each thing that it depends on, whether it holds, and why, in words for an editor. */
export function explain(facts: VisibilityFacts): VisibilityCheck[] {
  const { now, status, publishedAt, holds } = facts;
  const isPublic = status === 'PUBLISHED' && publishedAt !== null && publishedAt <= now;
  const entitled = {
    rule: 'ENTITLED',
    holds: facts.isEntitled,
    explanation: facts.isEntitled ? 'The partner has an entitlement.' : 'Nothing is granted to the partner yet.',
  } as const;
  const published = { rule: 'PUBLISHED', holds: isPublic, explanation: ofStanding(facts) } as const;
  if (!facts.isEntitled) return [entitled, published];
  const words: Record<keyof typeof holds, string> = {
    DELAY: ofDelay(facts),
    SECTION: ofList(facts.sections, `It stands in ${facts.section}`, 'sections'),
    TAG: ofList(facts.tags, 'It is held against its own tags', 'tags'),
    LANGUAGE: ofList(facts.languages, `It is written in ${facts.language}`, 'languages'),
    SOURCE: facts.source
      ? `It came from ${facts.source}, which is ${holds.SOURCE ? 'not excluded' : 'excluded'}.`
      : 'It is a piece of our own.',
    RESALE: ofResale(facts),
  };
  const bounds = Object.entries(words) as [keyof typeof holds, string][];
  return [entitled, published, ...bounds.map(([rule, explanation]) => ({ rule, holds: holds[rule], explanation }))];
}

function ofStanding({ status, publishedAt, now }: VisibilityFacts): string {
  if (status !== 'PUBLISHED' || !publishedAt) return `It is ${status}, and no reader has it.`;
  return publishedAt > now ? `It is scheduled for ${publishedAt.toISOString()}.` : 'Readers have it.';
}

function ofDelay({ delayMinutes, from, now }: VisibilityFacts): string {
  if (delayMinutes === 0) return 'The partner has pieces at once.';
  const after = `The partner has pieces ${delayMinutes} minutes after their first publication`;
  if (!from) return `${after}, and this one has no date yet.`;
  return `${after}: this one ${from <= now ? 'since' : 'from'} ${from.toISOString()}${from <= now ? '' : ' on'}.`;
}

const ofList = (granted: readonly string[] | null, fact: string, what: string): string =>
  granted ? `${fact}; granted are the ${what} ${granted.join(', ')}.` : `All ${what} are granted.`;

function ofResale({ source, isOwn, license, holds }: VisibilityFacts): string {
  if (!source) return 'A piece of our own is ours to pass on.';
  if (isOwn) return 'It is the partner’s own piece.';
  const terms = license ? `Its licence is “${license}”, which` : 'It has no licence, which';
  return `${terms} ${holds.RESALE ? 'lets it be passed on' : 'does not let it be passed on to another partner'}.`;
}

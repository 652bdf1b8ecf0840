import type { KeptRevision } from './load.js';

export type RemarkSeverity = 'WARNING' | 'HINT';

/** What a good desk would say before a piece goes out. Nothing of it stops a publication. */
export interface Remark {
  severity: RemarkSeverity;
  path: string;
  message: string;
}

const longestHeadline = 120;
const fewestWords = 50;

/** What is known of a piece beside the revision itself. */
export interface Surroundings {
  /** Days since its section last published anything; null when it never has. */
  sectionSilentDays: number | null;
  /** Names of section and tags that are gone. */
  missing: readonly string[];
}

const silentTooLong = 180;

export function remarksOn(revision: KeptRevision, { sectionSilentDays, missing }: Surroundings): Remark[] {
  const { headline, standfirst, wordCount, details } = revision;
  const { leadImage, bylines, tags } = details;
  const remarks: (Remark | false)[] = [
    headline.length > longestHeadline && {
      severity: 'WARNING',
      path: 'headline',
      message: `has ${headline.length} characters; over ${longestHeadline} it is cut in lists and search results`,
    },
    !standfirst && {
      severity: 'WARNING',
      path: 'standfirst',
      message: 'is missing; lists then show the beginning of the body',
    },
    leadImage === null && { severity: 'HINT', path: 'leadImage', message: 'is missing' },
    leadImage !== null &&
      !leadImage.credit && {
        severity: 'WARNING',
        path: 'leadImage.credit',
        message: 'is missing; say whose picture it is',
      },
    leadImage !== null &&
      leadImage.alt.trim() === '' && {
        severity: 'WARNING',
        path: 'leadImage.alt',
        message: 'is empty; say what the picture shows',
      },
    bylines.length === 0 && { severity: 'WARNING', path: 'bylines', message: 'nobody is named' },
    ...bylines.map(
      ({ name, affiliation }, index): Remark | false =>
        !affiliation && {
          severity: 'HINT',
          path: `bylines.${index}.affiliation`,
          message: `${name} stands without an affiliation`,
        },
    ),
    tags.length === 0 && { severity: 'HINT', path: 'tags', message: 'none; related pieces are found by them' },
    wordCount < fewestWords && { severity: 'HINT', path: 'body', message: `is shorter than ${fewestWords} words` },
    (sectionSilentDays === null || sectionSilentDays > silentTooLong) && {
      severity: 'WARNING',
      path: 'section',
      message:
        sectionSilentDays === null
          ? 'has never published anything; is it the right one?'
          : `has published nothing for ${sectionSilentDays} days; is it the right one?`,
    },
    ...missing.map((what): Remark => ({ severity: 'WARNING', path: what, message: 'is gone; choose another' })),
  ];
  return remarks.filter((remark) => remark !== false);
}

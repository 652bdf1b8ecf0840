const newsDays = 2;

/** What was first published after this moment is news. */
export const newsSince = (now: Date): Date => new Date(now.getTime() - newsDays * 86_400_000);

/** The language as the news map wants it: ISO 639, and for Chinese which script, as `zh-cn` or `zh-tw`. */
export function newsLanguage(tag: string): string {
  const { language, script } = localeOf(tag);
  if (language === 'zh') return script === 'Hant' ? 'zh-tw' : 'zh-cn';
  return language;
}

/** An imported tag may be none; what stands before its first hyphen is then the best that can be said. */
function localeOf(tag: string): { language: string; script?: string | undefined } {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return { language: tag.split(/[-_]/)[0]?.toLowerCase() ?? tag };
  }
}

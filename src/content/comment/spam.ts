import { z } from 'zod';
import { type Outgoing, NoAnswer } from '../../outgoing/ask.js';
import type { Verdict } from './rules.js';

/** What the hook is told. Nothing in it says who the reader is, beyond the name they gave. */
export interface Suspect {
  readonly article: { readonly url: string; readonly headline: string; readonly language: string };
  readonly comment: { readonly author: string; readonly text: string; readonly isAnswer: boolean };
}

const withinMs = 2000;
const Answer = z.object({ verdict: z.enum(['ham', 'spam', 'unsure']) });

/** What the hook says of a comment; where it says nothing that is understood, `unsure`, and why. */
export async function verdictOn(
  suspect: Suspect,
  hook: URL,
  outgoing: Outgoing,
): Promise<{ verdict: Verdict; doubt: string | null }> {
  const unsure = (doubt: string) => ({ verdict: 'unsure' as const, doubt });
  try {
    const answer = await outgoing.ask(hook, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(suspect),
      withinMs,
    });
    const text = await answer.text();
    if (answer.status !== 200) return unsure(`The spam hook answered ${answer.status}.`);
    return { verdict: Answer.parse(JSON.parse(text)).verdict, doubt: null };
  } catch (error) {
    if (error instanceof NoAnswer) return unsure(`The spam hook was of no help: ${error.message}`);
    return unsure('The spam hook answered something else than {"verdict":"ham"}, "spam" or "unsure".');
  }
}

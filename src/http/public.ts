import type { Sized } from '../answers/memory.js';
import { answerWith, type Representation } from './conditional.js';
import { lettersOf } from './letters.js';
import type { Asked } from './route.js';

/** What stands at a public address, as it is kept. */
class KeptPage implements Sized {
  readonly bytes: number;
  constructor(readonly representation: Representation) {
    this.bytes = representation.content.size;
  }
}

/** Nothing to keep: the address is wrong, or what it asks for. */
class Refused extends Error {
  constructor(readonly response: Response) {
    super('refused');
  }
}

/**
 * Answers a GET or HEAD with what `make` makes. What is the same for anyone is kept until something in it changes: a client
 * that has it is told so without the database being asked.
 */
export async function answerPublic(
  request: Request,
  asked: Asked,
  make: (asked: Asked) => Promise<Representation | Response>,
): Promise<Response> {
  const { answers, viewer, db } = asked;
  const answered = (made: Representation | Response, staleSeconds: number | null = null) =>
    made instanceof Response
      ? made
      : answerWith(request, made, asked.clock(), { staleIfError: asked.staleIfError, staleSeconds });
  if (!answers || viewer.role !== 'anyone') return answered(await make(asked));
  const { pathname, search } = new URL(request.url);
  const meaning = lettersOf('GET', pathname + search, null, '');
  try {
    const { answer: kept, staleSeconds } = await answers.give({ meaning, request: meaning }, async (reads) => {
      const made = await make({ ...asked, db: db.noting(reads) });
      if (made instanceof Response) throw new Refused(made);
      return { answer: new KeptPage(made), keep: true };
    });
    return await answered(kept.representation, staleSeconds);
  } catch (error) {
    if (error instanceof Refused) return error.response.clone();
    throw error;
  }
}

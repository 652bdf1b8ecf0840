import type { Logger } from 'pino';
import type { OidcConfig } from '../config.js';
import type { Database } from '../database/database.js';
import { trustIssuer } from './oidc.js';
import { bearerOf, type Bearer, noteUse, userOfIdentity } from './store.js';
import { bearerToken, digestOfToken, isSignedJwt, isToken } from './tokens.js';
import { anyone, type Viewer } from './viewer.js';

/** What every refused bearer is told, alike: it must not learn which of its guesses came closest. RFC 6750 section 3.1. */
export class Unauthenticated extends Error {
  override name = 'Unauthenticated';
  readonly challenge = 'Bearer realm="Dateline", error="invalid_token"';

  constructor() {
    super('The token is not known, has expired or was revoked. Send a good one as `Authorization: Bearer …`, or none.');
  }
}

/** Tells who asks. */
export interface Access {
  /** Who sends `request`. Throws {@link Unauthenticated} for an `Authorization` that is not good now, whatever is wrong with it. */
  viewerOf(request: Request, now: Date): Promise<Viewer>;
  /** Waits for what was noted on the side. */
  close(): Promise<void>;
}

export interface AccessOptions {
  db: Database;
  log: Logger;
  oidc?: OidcConfig | undefined;
}

const useNotedEveryMs = 60_000;

/** Knows bearers by the store of tokens, and by the JWTs of one issuer where one is configured. */
export function openAccess({ db, log, oidc }: AccessOptions): Access {
  const identityIn = oidc && trustIssuer(oidc, log);
  const noting = new Map<string, Promise<void>>();

  /** On the side: nobody waits for it, and its failure is nobody's answer. */
  function note({ tokenId, lastUsedAt }: Bearer, now: Date): void {
    const isRecent = lastUsedAt !== null && now.getTime() - lastUsedAt.getTime() < useNotedEveryMs;
    if (isRecent || noting.has(tokenId)) return;
    const noted = noteUse(db, tokenId, now)
      .catch((error: unknown) => log.warn({ err: error }, 'the use of a token could not be noted'))
      .finally(() => noting.delete(tokenId));
    noting.set(tokenId, noted);
  }

  async function viewerWith(token: string, now: Date): Promise<Viewer | null> {
    if (isToken('dlt_', token)) {
      const bearer = await bearerOf(db, digestOfToken(token), now);
      if (!bearer) return null;
      note(bearer, now);
      return bearer.viewer;
    }
    if (!identityIn || !isSignedJwt(token)) return null;
    const identity = await identityIn(token, now);
    return identity && userOfIdentity(db, identity, now);
  }

  return {
    async viewerOf(request, now) {
      const header = request.headers.get('authorization');
      if (header === null) return anyone;
      const token = bearerToken(header);
      const viewer = token === null ? null : await viewerWith(token, now);
      if (!viewer) throw new Unauthenticated();
      return viewer;
    },
    async close() {
      await Promise.all(noting.values());
    },
  };
}

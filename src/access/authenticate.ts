import type { Logger } from 'pino';
import type { OidcConfig } from '../config.js';
import type { Database } from '../database/database.js';
import type { RequestHead } from '../http/exchange.js';
import { keyBearerOf, noteKeyUse } from './keys.js';
import { trustIssuer } from './oidc.js';
import { bearerOf, noteUse, userOfIdentity } from './store.js';
import { basicPassword, bearerToken, digestOfToken, isSignedJwt, isToken } from './tokens.js';
import { anyone, type PartnerViewer, type Viewer } from './viewer.js';

/** What every refused bearer is told, alike: it must not learn which of its guesses came closest. RFC 6750 section 3.1. */
export class Unauthenticated extends Error {
  override name = 'Unauthenticated';

  constructor(
    message = 'The token is not known, has expired or was revoked. Send a good one as `Authorization: Bearer …`, or none.',
    readonly challenge = 'Bearer realm="Dateline", error="invalid_token"',
  ) {
    super(message);
  }
}

const keyWanted = () =>
  new Unauthenticated(
    'This address is for partners. Send a key that is good now as `Authorization: Bearer …`, or as the password of any user.',
    'Basic realm="Dateline partners", charset="UTF-8", Bearer realm="Dateline"',
  );

/** Tells who asks. */
export interface Access {
  /** Who sends `request`. Throws {@link Unauthenticated} for an `Authorization` that is not good now, whatever is wrong with it. */
  viewerOf(request: RequestHead, now: Date): Promise<Viewer>;
  /**
   * Which partner sends `request`, by its key as a bearer token or as the password of any user (RFC 7617), which is what readers
   * of feeds can send. Throws {@link Unauthenticated} for anything else, nothing included.
   */
  partnerOf(request: RequestHead, now: Date): Promise<PartnerViewer>;
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
  /** The last use of each bearer that this process noted: at most one for each token there is. */
  const noted = new Map<string, { at: Date; written: Promise<void> }>();

  /**
   * On the side: nobody waits for it, and its failure is nobody's answer. Of requests at once, one may have read `lastUsedAt` before
   * another's note and come here after it: what this process noted itself counts too.
   */
  function note(id: string, lastUsedAt: Date | null, now: Date, writeDown: typeof noteUse): void {
    const isRecent = (at: Date | null | undefined) => at != null && now.getTime() - at.getTime() < useNotedEveryMs;
    if (isRecent(lastUsedAt) || isRecent(noted.get(id)?.at)) return;
    const written = writeDown(db, id, now).catch((error: unknown) => {
      noted.delete(id);
      log.warn({ err: error }, 'the use of a token could not be noted');
    });
    noted.set(id, { at: now, written });
  }

  async function partnerWith(key: string, now: Date): Promise<PartnerViewer | null> {
    const bearer = isToken('dlk_', key) ? await keyBearerOf(db, digestOfToken(key), now) : null;
    if (!bearer) return null;
    note(bearer.key.id, bearer.lastUsedAt, now, noteKeyUse);
    return bearer.viewer;
  }

  async function viewerWith(token: string, now: Date): Promise<Viewer | null> {
    if (isToken('dlt_', token)) {
      const bearer = await bearerOf(db, digestOfToken(token), now);
      if (!bearer) return null;
      note(bearer.tokenId, bearer.lastUsedAt, now, noteUse);
      return bearer.viewer;
    }
    if (token.startsWith('dlk_')) return partnerWith(token, now);
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
    async partnerOf(request, now) {
      const header = request.headers.get('authorization') ?? '';
      const key = bearerToken(header) ?? basicPassword(header);
      const viewer = key === null ? null : await partnerWith(key, now);
      if (!viewer) throw keyWanted();
      return viewer;
    },
    async close() {
      await Promise.all(Array.from(noted.values(), ({ written }) => written));
    },
  };
}

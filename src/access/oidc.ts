import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { OidcConfig } from '../config.js';
import type { NewsroomRole } from './viewer.js';

/** Who an issuer says is at the other end. */
export interface Identity {
  readonly subject: string;
  readonly name: string;
  readonly role: NewsroomRole;
}

/** Only what an issuer signs with a key it keeps to itself: a shared secret or no signature at all must never do. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

const timeoutMs = 5000;

/** How long an issuer that cannot be reached is left alone. */
const retryAfterMs = 10_000;

/** How far the clocks of two machines may be apart. */
const clockToleranceSeconds = 5;

/** Reads the identity from a JWT of one issuer; null where it is not to be trusted, for whatever reason. */
export type IdentityReader = (jwt: string, now: Date) => Promise<Identity | null>;

/**
 * Trusts the tokens of one OpenID Connect issuer: signature by its published keys (OpenID Connect Discovery 1.0 section 4),
 * issuer, audience, and a life that has not ended (RFC 7519 section 4.1).
 */
export function trustIssuer({ issuer, audience, roleClaim }: OidcConfig, log: Logger): IdentityReader {
  const keys = keysOf(issuer);
  return async (jwt, now) => {
    try {
      const { payload } = await jwtVerify(jwt, await keys(now), {
        issuer,
        audience,
        algorithms,
        currentDate: now,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['iss', 'aud', 'exp', 'sub'],
      });
      const role = roleIn(payload, roleClaim);
      if (!payload.sub || role === null) return null;
      return { subject: payload.sub, name: nameIn(payload), role };
    } catch (error) {
      if (!isBearers(error)) log.warn({ err: error, issuer }, 'the keys of the OIDC issuer cannot be read');
      return null;
    }
  };
}

const issuersFaults = ['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'];

/** Whether the bearer is at fault, which is not worth an operator's time, rather than the issuer. */
const isBearers = (error: unknown): boolean => error instanceof errors.JOSEError && !issuersFaults.includes(error.code);

/**
 * The issuer's keys, found through its discovery document and kept; new ones are fetched when a token names one. They are found
 * anew when the clock has gone back, by which jose says how old they are: else they might be trusted until it is that late again.
 */
function keysOf(issuer: string): (now: Date) => Promise<JWTVerifyGetKey> {
  let found: Promise<JWTVerifyGetKey> | undefined;
  let failedAt = -Infinity;
  let failure = new Error();
  let latest = -Infinity;
  return (now) => {
    if (now.getTime() < latest - clockToleranceSeconds * 1000) found = undefined;
    latest = now.getTime();
    if (!found && performance.now() - failedAt < retryAfterMs) return Promise.reject(failure);
    found ??= discover(issuer).catch((error: unknown) => {
      found = undefined;
      failedAt = performance.now();
      failure = new Error(`the issuer ${issuer} could not be read a moment ago`, { cause: error });
      throw error;
    });
    return found;
  };
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const address = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json' },
  });
  if (!response.ok) throw new Error(`${address} answers ${response.status}`);
  const document = Discovery.parse(await response.json());
  if (document.issuer !== issuer) {
    throw new Error(`${address} is of the issuer ${document.issuer}; OIDC_ISSUER must be spelt exactly so`);
  }
  return createRemoteJWKSet(new URL(document.jwks_uri), { timeoutDuration: timeoutMs });
}

const roles = ['admin', 'editor', 'contributor'] as const;

/** The highest role that the claim names: a text, or a list of them, at a name or at a path such as `realm_access.roles`. */
function roleIn(payload: JWTPayload, claim: string): NewsroomRole | null {
  const value = payload[claim] ?? claim.split('.').reduce<unknown>(member, payload);
  const named = (Array.isArray(value) ? (value as unknown[]) : [value]).flatMap((each) =>
    typeof each === 'string' ? [each.toLowerCase()] : [],
  );
  return roles.find((role) => named.includes(role)) ?? null;
}

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

const longestName = 200;

function nameIn({ name, preferred_username: userName, email, sub }: JWTPayload): string {
  const first = [name, userName, email, sub].find(
    (each): each is string => typeof each === 'string' && each.trim() !== '',
  );
  return (first ?? 'somebody').replaceAll('\0', '').trim().slice(0, longestName);
}

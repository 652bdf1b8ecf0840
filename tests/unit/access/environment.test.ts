import { configFrom } from '../../../src/config.js';
import { problemsOf } from '../../support/environment.js';

describe('the issuer', () => {
  it('is trusted as it is spelt, with the audience and the claim of the role', () => {
    const environment = {
      OIDC_ISSUER: 'https://login.example/realm/',
      OIDC_AUDIENCE: 'dateline',
      OIDC_ROLE_CLAIM: 'a.b',
    };
    expect(configFrom(environment).oidc).toEqual({
      issuer: 'https://login.example/realm/',
      audience: 'dateline',
      roleClaim: 'a.b',
    });
    expect(configFrom({ ...environment, OIDC_ROLE_CLAIM: '' }).oidc?.roleClaim).toBe('role');
    expect(configFrom({}).oidc).toBeUndefined();
  });

  it.each(['http://localhost:8080/realm', 'http://127.0.0.1:9', 'http://[::1]:9/x'])('may be %s', (OIDC_ISSUER) => {
    expect(problemsOf({ OIDC_ISSUER, OIDC_AUDIENCE: 'x' })).toBe('');
  });

  it.each([
    'http://login.example',
    'http://127.0.0.1.evil.example/',
    'http://localhost@evil.example/',
    'login.example',
    'ftp://x/',
  ])('must not be %s', (OIDC_ISSUER) => {
    expect(problemsOf({ OIDC_ISSUER, OIDC_AUDIENCE: 'x' })).toContain('OIDC_ISSUER: must');
  });

  it('and its audience come together', () => {
    expect(problemsOf({ OIDC_ISSUER: 'https://login.example' })).toContain(
      'OIDC_AUDIENCE: must be set with OIDC_ISSUER',
    );
    expect(problemsOf({ OIDC_AUDIENCE: 'x' })).toContain('OIDC_ISSUER: must be set with OIDC_AUDIENCE');
  });
});

describe('the first administrator’s token', () => {
  it('is taken when it could be one of ours', () => {
    const token = 'dlt_0123456789abcdefABCDEF';
    expect(configFrom({ DATELINE_ADMIN_TOKEN: token }).adminToken).toBe(token);
    expect(configFrom({}).adminToken).toBeUndefined();
  });

  it.each(['secret', 'dlt_short', 'dlk_0123456789abcdefABCDEF', 'dlt_0123456789abcdef ABCDEF'])(
    'must not be “%s”, which is not shown',
    (token) => {
      const problems = problemsOf({ DATELINE_ADMIN_TOKEN: token });
      expect(problems).toContain('DATELINE_ADMIN_TOKEN: must be dlt_ and at least 22 letters');
      expect(problems).not.toContain(token);
    },
  );
});

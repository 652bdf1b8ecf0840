import { fetcherReturnToPromise, type Fetcher } from '@graphiql/toolkit';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useCallback, useEffect, useMemo, useState, type SyntheticEvent } from 'react';
import type { Session } from './session.js';
import { complaintIn, viewerFrom, viewerQuery, type Viewer } from './viewer.js';

const NOT_ACCEPTED =
  'This token is not accepted; it may have expired or been revoked. Ask an administrator for another.';

/** Who sits at the desk, and the field to say so; nothing where the schema has no viewer. */
export function SignIn({ session, fetcher }: { session: Session; fetcher: Fetcher }) {
  const { schema, fetchError } = useGraphiQL(({ schema, fetchError }) => ({ schema, fetchError }));
  const { introspect } = useGraphiQLActions();
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [checking, setChecking] = useState(false);
  // Without a schema, as where introspection needs a token, any question tells whether a token is accepted.
  const question = useMemo(() => (schema ? viewerQuery(schema) : '{ __typename }'), [schema]);

  const identify = useCallback(async () => {
    if (question === null || session.token() === null) return;
    setChecking(true);
    setTrouble(null);
    try {
      const answer = await fetcherReturnToPromise(fetcher({ query: question }));
      if (session.token() === null) return; // refused meanwhile; said already
      const found = viewerFrom(answer);
      setViewer(found);
      setTrouble(found || !schema ? null : (complaintIn(answer) ?? NOT_ACCEPTED));
      if (!found && schema) session.forget();
      if (!schema) await introspect();
    } catch (error) {
      // The token may be good: it is kept, and can be tried again.
      setViewer(null);
      setTrouble(`The service did not answer: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      setChecking(false);
    }
  }, [question, schema, session, fetcher, introspect]);

  useEffect(() => {
    if (schema) void identify();
  }, [schema, identify]);

  useEffect(
    () =>
      session.onRefused(() => {
        setViewer(null);
        setTrouble(NOT_ACCEPTED);
        void introspect();
      }),
    [session, introspect],
  );

  function signIn(event: SyntheticEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const token = new FormData(form).get('token');
    if (typeof token !== 'string' || token.trim() === '') return;
    // A header can carry printable ASCII only: anything else would fail later, and not say why.
    if (!/^[\x21-\x7e]+$/.test(token.trim())) {
      setTrouble(
        'A token is one word of plain letters, digits and signs; this one was copied with something else in it.',
      );
      return;
    }
    form.reset();
    setTrouble(null);
    session.keep(token.trim());
    void identify();
  }

  function signOut() {
    session.forget();
    // Answers on the screen and in memory were this viewer's; a fresh page has none of them.
    location.reload();
  }

  if (question === null || (!schema && !fetchError)) return null;
  return (
    <div className="desk-sign-in">
      {viewer ? (
        <>
          <Whoami viewer={viewer} />
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        </>
      ) : session.token() !== null && trouble !== null ? (
        <>
          <button type="button" onClick={() => void identify()} disabled={checking}>
            Try again
          </button>
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        </>
      ) : (
        <form onSubmit={signIn}>
          <label htmlFor="desk-token">Token</label>
          <input
            id="desk-token"
            name="token"
            type="password"
            autoComplete="off"
            spellCheck={false}
            required
            aria-describedby="desk-sign-in-status"
            aria-invalid={trouble !== null}
          />
          <button type="submit" disabled={checking}>
            Sign in
          </button>
        </form>
      )}
      <p id="desk-sign-in-status" role="status" className={trouble ? 'desk-trouble' : undefined}>
        {trouble ?? (checking ? 'Checking the token…' : viewer ? '' : 'You see what every reader sees.')}
      </p>
    </div>
  );
}

function Whoami({ viewer: { name, role, permissions } }: { viewer: Viewer }) {
  const who = (
    <>
      Signed in as <strong>{name}</strong>
      {role && `, ${role}`}
    </>
  );
  if (permissions.length === 0) return <p>{who}</p>;
  return (
    <details className="desk-whoami">
      <summary>{who}</summary>
      <div>
        <p>You may:</p>
        <ul>
          {permissions.map((permission) => (
            <li key={permission}>{permission}</li>
          ))}
        </ul>
      </div>
    </details>
  );
}

import { useState } from 'react';
import { useSignIn } from '../api/queries.js';
import { Button } from '../ui/controls.js';

/** For a browser without a session. The usual way in is the link that the server prints. */
export function SignInPage() {
  const [token, setToken] = useState('');
  const signIn = useSignIn();
  return (
    <main className="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate(token.trim());
        }}
      >
        <h1>Sign in to Millrace</h1>
        <p className="dim">
          Open the link that <code>npm start</code> prints, or paste the token here. It is in <code>MILLRACE_TOKEN</code>, or in the file{' '}
          <code>token</code> of Millrace’s home folder.
        </p>
        <label>
          Token
          <input
            className="input"
            type="password"
            autoComplete="current-password"
            required
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        </label>
        {signIn.error && (
          <p className="bad" role="alert">
            {signIn.error.message}
          </p>
        )}
        <Button look="ink" type="submit" disabled={signIn.isPending}>
          Sign in
        </Button>
      </form>
    </main>
  );
}

import { useState } from 'preact/hooks';

export interface SignInProps {
  /** Why the last token was refused. */
  readonly failure: string | undefined;
  readonly onToken: (token: string) => void;
}

/** Asks for a token. */
export function SignIn({ failure, onToken }: SignInProps) {
  const [token, setToken] = useState('');
  return (
    <main class="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() !== '') onToken(token.trim());
        }}
      >
        <h1>Nightglass</h1>
        <label>
          Access token
          <input
            type="password"
            value={token}
            autoComplete="off"
            spellcheck={false}
            required
            aria-describedby="token-help"
            ref={(input) => input?.focus()}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        {failure !== undefined && (
          <p class="failure" role="alert">
            {failure}
          </p>
        )}
        <button type="submit" class="button" data-action="confirm">
          Sign in
        </button>
        <p id="token-help" class="muted">
          An administrator makes tokens with <code>nightglass tokens</code>. Yours is kept in this
          tab only.
        </p>
      </form>
    </main>
  );
}

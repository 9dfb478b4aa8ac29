import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { LanguageSwitch } from './language-switch.tsx';

export interface SignInProps {
  /** Why the visitor is asked. */
  readonly failure: string | undefined;
  readonly onToken: (token: string) => Promise<void>;
}

/** Asks for a token. */
export function SignIn({ failure, onToken }: SignInProps) {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [before = '', after = ''] = t('shell.signInHelp', { command: '\u0000' }).split('\u0000');
  const submit = async () => {
    setBusy(true);
    await onToken(token.trim());
    setBusy(false);
  };
  return (
    <main class="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() !== '' && !busy) void submit();
        }}
      >
        <h1>Nightglass</h1>
        <label>
          {t('shell.accessToken')}
          <input
            type="password"
            value={token}
            autoComplete="off"
            spellcheck={false}
            required
            ref={(input) => input?.focus()}
            aria-describedby="token-help"
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        {failure !== undefined && (
          <p class="failure" role="alert">
            {failure}
          </p>
        )}
        <Button type="submit" action="confirm" disabled={busy}>
          {t('shell.signIn')}
        </Button>
        <p id="token-help" class="muted">
          {before}
          <code>nightglass tokens</code>
          {after}
        </p>
        <LanguageSwitch />
      </form>
    </main>
  );
}

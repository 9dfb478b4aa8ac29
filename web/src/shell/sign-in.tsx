import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { TextField } from '../kit/field.tsx';
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
        <TextField
          label={t('shell.accessToken')}
          hint={
            <>
              {before}
              <code>nightglass tokens</code>
              {after}
            </>
          }
          type="password"
          value={token}
          spellcheck={false}
          required
          takesFocus
          onValue={setToken}
        />
        {failure !== undefined && (
          <p class="failure" role="alert">
            {failure}
          </p>
        )}
        <Button type="submit" action="confirm" disabled={busy}>
          {t('shell.signIn')}
        </Button>
        <LanguageSwitch />
      </form>
    </main>
  );
}

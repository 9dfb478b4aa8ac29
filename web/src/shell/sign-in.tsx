import { useEffect, useState } from 'preact/hooks';
import type { WaysToSignIn } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { TextField } from '../kit/field.tsx';
import { takeSignInFault } from './came-back.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { ProviderSignIn } from './provider-sign-in.tsx';

export interface SignInProps {
  /** Why the visitor is asked. */
  readonly failure: string | undefined;
  readonly onToken: (token: string) => Promise<void>;
  /** How people sign in beside a token. */
  readonly ways: () => Promise<WaysToSignIn>;
}

/** Leads to the identity provider where there is one, or asks for a token. */
export function SignIn({ failure, onToken, ways }: SignInProps) {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault] = useState(takeSignInFault);
  const known = useWays(ways);
  const [before = '', after = ''] = t('shell.signInHelp', { command: '\u0000' }).split('\u0000');
  const submit = async () => {
    setBusy(true);
    await onToken(token.trim());
    setBusy(false);
  };
  // Nothing moves away under a finger.
  if (known === undefined) return <p class="empty starting">{t('shell.connectingToServer')}</p>;
  const { oidc } = known;
  const shown = failure ?? (fault && t(`shell.signInFault_${fault}`));
  return (
    <main class="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() !== '' && !busy) void submit();
        }}
      >
        <h1>Nightglass</h1>
        {shown !== undefined && (
          <p class="failure" role="alert">
            {shown}
          </p>
        )}
        {oidc !== null && <ProviderSignIn name={oidc.name} fault={fault} />}
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
          takesFocus={oidc === null}
          onValue={setToken}
        />
        <Button type="submit" action={oidc === null ? 'confirm' : undefined} disabled={busy}>
          {t('shell.signIn')}
        </Button>
        <LanguageSwitch />
      </form>
    </main>
  );
}

/** Undefined until the gateway has said; one that does not say has none. */
function useWays(ways: () => Promise<WaysToSignIn>): WaysToSignIn | undefined {
  const [known, setKnown] = useState<WaysToSignIn>();
  useEffect(() => {
    let gone = false;
    const none = { passwords: false, oidc: null };
    void ways()
      .catch(() => none)
      .then((found) => {
        if (!gone) setKnown(found);
      });
    return () => {
      gone = true;
    };
  }, [ways]);
  return known;
}

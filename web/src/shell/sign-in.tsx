import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { WaysToSignIn } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { TextField } from '../kit/field.tsx';
import { passkeyFaultHere } from '../users/browser-passkey.ts';
import { takeSignInFault } from './came-back.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { ProviderSignIn } from './provider-sign-in.tsx';

export interface SignInProps {
  /** Why the visitor is asked. */
  readonly failure: string | undefined;
  readonly onPassword: (name: string, password: string) => Promise<void>;
  readonly onToken: (token: string) => Promise<void>;
  readonly onPasskey: () => Promise<void>;
  /** How people sign in beside a token. */
  readonly ways: () => Promise<WaysToSignIn>;
}

/** Leads to the identity provider where there is one; asks for name and password, or a token. */
export function SignIn({ failure, onPassword, onToken, onPasskey, ways }: SignInProps) {
  const [fault] = useState(takeSignInFault);
  const known = useWays(ways);
  // Nothing moves away under a finger.
  if (known === undefined) return <p class="empty starting">{t('shell.connectingToServer')}</p>;
  const { oidc, passkeys, passwords } = known;
  const shown = failure ?? (fault && t(`shell.signInFault_${fault}`));
  return (
    <main class="sign-in">
      <SignInForm
        isFirst={oidc === null}
        hasPasswords={passwords}
        passkeys={passkeys}
        {...{ onPassword, onToken, onPasskey }}
      >
        <h1>Nightglass</h1>
        {shown !== undefined && (
          <p class="failure" role="alert">
            {shown}
          </p>
        )}
        {oidc !== null && <ProviderSignIn name={oidc.name} fault={fault} />}
      </SignInForm>
    </main>
  );
}

interface SignInFormProps extends Pick<SignInProps, 'onPassword' | 'onToken' | 'onPasskey'> {
  readonly passkeys: WaysToSignIn['passkeys'];
  /** False where another way stands before. */
  readonly isFirst: boolean;
  readonly hasPasswords: boolean;
  /** What stands above. */
  readonly children: ComponentChildren;
}

function SignInForm(props: SignInFormProps) {
  const { isFirst, hasPasswords, passkeys, onPassword, onToken, onPasskey, children } = props;
  const [byToken, setByToken] = useState(!hasPasswords);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const complete = byToken ? token.trim() !== '' : name.trim() !== '' && password !== '';
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    await work();
    setBusy(false);
  };
  const submit = () =>
    run(() => (byToken ? onToken(token.trim()) : onPassword(name.trim(), password)));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (complete && !busy) void submit();
      }}
    >
      {children}
      {byToken ? (
        <TokenField value={token} takesFocus={isFirst || hasPasswords} onValue={setToken} />
      ) : (
        <PasswordFields
          takesFocus={isFirst}
          {...{ name, password }}
          onName={setName}
          onPassword={setPassword}
        />
      )}
      <Button type="submit" action={isFirst ? 'confirm' : undefined} disabled={busy}>
        {t('shell.signIn')}
      </Button>
      {passkeys.known && (
        <PasskeySignIn {...passkeys} busy={busy} onPasskey={() => void run(onPasskey)} />
      )}
      {hasPasswords && (
        <Button look="link" onClick={() => setByToken(!byToken)}>
          {t(byToken ? 'users.byName' : 'users.byToken')}
        </Button>
      )}
      <LanguageSwitch />
    </form>
  );
}

interface PasskeySignInProps {
  readonly fault: WaysToSignIn['passkeys']['fault'];
  readonly busy: boolean;
  readonly onPasskey: () => void;
}

/** Nothing is typed: the passkey says whose it is. */
function PasskeySignIn({ fault, busy, onPasskey }: PasskeySignInProps) {
  const here = passkeyFaultHere(fault);
  if (here !== null) return <p class="muted">{t(`factors.noPasskey_${here}`)}</p>;
  return (
    <Button disabled={busy} onClick={onPasskey}>
      {t('factors.signInByPasskey')}
    </Button>
  );
}

interface PasswordFieldsProps {
  readonly takesFocus: boolean;
  readonly name: string;
  readonly password: string;
  readonly onName: (name: string) => void;
  readonly onPassword: (password: string) => void;
}

function PasswordFields({ takesFocus, name, password, onName, onPassword }: PasswordFieldsProps) {
  return (
    <>
      <TextField
        label={t('users.name')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellcheck={false}
        value={name}
        required
        takesFocus={takesFocus}
        onValue={onName}
      />
      <TextField
        label={t('users.password')}
        type="password"
        name="password"
        autoComplete="current-password"
        value={password}
        required
        onValue={onPassword}
      />
    </>
  );
}

interface TokenFieldProps {
  readonly value: string;
  readonly takesFocus: boolean;
  readonly onValue: (value: string) => void;
}

function TokenField(props: TokenFieldProps) {
  const [before = '', after = ''] = t('shell.signInHelp', { command: '\u0000' }).split('\u0000');
  return (
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
      spellcheck={false}
      required
      {...props}
    />
  );
}

/** Undefined until the gateway has said; one that does not say may have accounts. */
function useWays(ways: () => Promise<WaysToSignIn>): WaysToSignIn | undefined {
  const [known, setKnown] = useState<WaysToSignIn>();
  useEffect(() => {
    let gone = false;
    const none = { passwords: true, oidc: null, passkeys: { known: false, fault: null } };
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

import { useState } from 'preact/hooks';
import { ApiError, type SecondStepAnswer } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { passkeyFaultHere, showPasskey } from '../users/browser-passkey.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { lazyPart } from './lazy-page.tsx';
import type { SecondStepProps } from './second-step-props.ts';

const FirstFactor = lazyPart(() => import('./first-factor.tsx'));

/** What follows a right password: a code or a passkey, or the authenticator app that must be there first. */
export function SecondStepPage(props: SecondStepProps) {
  return (
    <main class="sign-in">
      {props.step.enrol ? <FirstFactor {...props} /> : <CodeForm {...props} />}
    </main>
  );
}

function CodeForm({ client, step, onOpen, onBack }: SecondStepProps) {
  const { ticket, secondFactor } = step;
  const hasApp = secondFactor.includes('totp');
  const hasPasskey = secondFactor.includes('passkey');
  const [byRecovery, setByRecovery] = useState(!hasApp && !hasPasskey);
  const takesCode = byRecovery || hasApp;
  const [code, setCode] = useState('');
  const action = useMutation();
  const show = (answer: () => Promise<SecondStepAnswer>) =>
    action.run(async () => {
      try {
        onOpen(await client.secondStep(await answer()));
      } catch (failure) {
        // The sign-in is over, whatever is typed now.
        if (failure instanceof ApiError && failure.status === 404) return onBack(failure);
        throw failure;
      }
    });
  const showCode = () =>
    show(async () => (byRecovery ? { ticket, recoveryCode: code } : { ticket, code }));
  const byPasskey = () =>
    show(async () => ({
      ticket,
      passkey: await showPasskey(await client.askSecondPasskey(ticket)),
    }));
  const isWrong = action.error instanceof ApiError && action.error.status === 401;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (takesCode && code.trim() !== '') void showCode();
      }}
    >
      <h1>Nightglass</h1>
      <p>
        {t(
          byRecovery
            ? 'factors.recoveryAsked'
            : hasApp
              ? 'factors.codeAsked'
              : 'factors.passkeyAsked',
        )}
      </p>
      {isWrong && takesCode ? (
        <p class="failure" role="alert">
          {t('factors.codeWrong')}
        </p>
      ) : (
        <Failure error={action.error} />
      )}
      {takesCode && (
        <>
          <CodeField isRecovery={byRecovery} value={code} onValue={setCode} />
          <Button type="submit" action="confirm" disabled={action.busy}>
            {t('shell.signIn')}
          </Button>
        </>
      )}
      {hasPasskey && !byRecovery && (
        <PasskeyButton isFirst={!hasApp} busy={action.busy} onPasskey={() => void byPasskey()} />
      )}
      {(hasApp || hasPasskey) && secondFactor.includes('recovery') && (
        <Button
          look="link"
          onClick={() => {
            setByRecovery(!byRecovery);
            setCode('');
            action.clear();
          }}
        >
          {t(byRecovery ? (hasApp ? 'factors.byCode' : 'factors.byPasskey') : 'factors.byRecovery')}
        </Button>
      )}
      <Button look="link" onClick={() => onBack()}>
        {t('users.toSignIn')}
      </Button>
      <LanguageSwitch />
    </form>
  );
}

interface PasskeyButtonProps {
  readonly isFirst: boolean;
  readonly busy: boolean;
  readonly onPasskey: () => void;
}

/** Whether this address has passkeys says the gateway when one is asked for. */
function PasskeyButton({ isFirst, busy, onPasskey }: PasskeyButtonProps) {
  if (passkeyFaultHere(null) !== null && isSecureContext) {
    return <p class="muted">{t('factors.noPasskey_browser')}</p>;
  }
  return (
    <Button action={isFirst ? 'confirm' : undefined} disabled={busy} onClick={onPasskey}>
      {t('factors.byPasskey')}
    </Button>
  );
}

interface CodeFieldProps {
  readonly isRecovery: boolean;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

function CodeField({ isRecovery, ...field }: CodeFieldProps) {
  return isRecovery ? (
    <TextField
      key="recovery"
      label={t('factors.recoveryCode')}
      hint={t('factors.recoveryHint')}
      autoCapitalize="none"
      spellcheck={false}
      required
      takesFocus
      {...field}
    />
  ) : (
    <TextField
      key="code"
      label={t('factors.code')}
      inputMode="numeric"
      autoComplete="one-time-code"
      required
      takesFocus
      {...field}
    />
  );
}

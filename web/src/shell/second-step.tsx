import { useState } from 'preact/hooks';
import { ApiError, type SecondStepAnswer } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { lazyPart } from './lazy-page.tsx';
import type { SecondStepProps } from './second-step-props.ts';

const FirstFactor = lazyPart(() => import('./first-factor.tsx'));

/** What follows a right password: a code, or the authenticator app that must be there first. */
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
  const [byRecovery, setByRecovery] = useState(!hasApp);
  const [code, setCode] = useState('');
  const action = useMutation();
  const show = (answer: SecondStepAnswer) =>
    action.run(async () => {
      try {
        onOpen(await client.secondStep(answer));
      } catch (failure) {
        // The sign-in is over, whatever is typed now.
        if (failure instanceof ApiError && failure.status === 404) return onBack(failure);
        throw failure;
      }
    });
  const isWrong = action.error instanceof ApiError && action.error.status === 401;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim() !== '')
          void show(byRecovery ? { ticket, recoveryCode: code } : { ticket, code });
      }}
    >
      <h1>Nightglass</h1>
      <p>{t(byRecovery ? 'factors.recoveryAsked' : 'factors.codeAsked')}</p>
      {isWrong ? (
        <p class="failure" role="alert">
          {t('factors.codeWrong')}
        </p>
      ) : (
        <Failure error={action.error} />
      )}
      <CodeField isRecovery={byRecovery} value={code} onValue={setCode} />
      <Button type="submit" action="confirm" disabled={action.busy}>
        {t('shell.signIn')}
      </Button>
      {hasApp && secondFactor.includes('recovery') && (
        <Button
          look="link"
          onClick={() => {
            setByRecovery(!byRecovery);
            setCode('');
            action.clear();
          }}
        >
          {t(byRecovery ? 'factors.byCode' : 'factors.byRecovery')}
        </Button>
      )}
      <Button look="link" onClick={() => onBack()}>
        {t('users.toSignIn')}
      </Button>
      <LanguageSwitch />
    </form>
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

import { useState } from 'preact/hooks';
import type { EnrolledSession } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { AuthenticatorForm } from '../users/authenticator-form.tsx';
import { RecoveryCodes } from '../users/recovery-codes.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import type { SecondStepProps } from './second-step-props.ts';
import '../users/users.css';

/** Adds the authenticator app that an account must have before it signs in. */
export default function FirstFactor({ client, step, onOpen, onBack }: SecondStepProps) {
  const { ticket } = step;
  const begun = useQuery(() => client.beginFirstAuthenticator(ticket), [client, ticket]);
  const [done, setDone] = useState<EnrolledSession>();
  if (done !== undefined) {
    return (
      <div class="sign-in-part">
        <h1>Nightglass</h1>
        <RecoveryCodes codes={done.recoveryCodes} onKept={() => onOpen(done.session)} />
      </div>
    );
  }
  return (
    <div class="sign-in-part">
      <h1>Nightglass</h1>
      <p>{t('factors.mustHave')}</p>
      <Failure error={begun.error} />
      {begun.value !== undefined && (
        <AuthenticatorForm
          enrolment={begun.value}
          onConfirm={async (confirmation) =>
            setDone(await client.confirmFirstAuthenticator({ ticket, ...confirmation }))
          }
        />
      )}
      <Button look="link" onClick={() => onBack()}>
        {t('users.toSignIn')}
      </Button>
      <LanguageSwitch />
    </div>
  );
}

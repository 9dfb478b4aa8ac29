import { useState } from 'preact/hooks';
import type { EnrolledSession } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { AuthenticatorForm } from '../users/authenticator-form.tsx';
import { makePasskey, passkeyFaultHere } from '../users/browser-passkey.ts';
import { RecoveryCodes } from '../users/recovery-codes.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import type { SecondStepProps } from './second-step-props.ts';
import '../users/users.css';

/** Adds the authenticator app, or the passkey, that an account must have before it signs in. */
export default function FirstFactor({ client, step, onOpen, onBack }: SecondStepProps) {
  const { ticket } = step;
  const begun = useQuery(() => client.beginFirstAuthenticator(ticket), [client, ticket]);
  const ways = useQuery(() => client.waysToSignIn(), [client]);
  const [done, setDone] = useState<EnrolledSession>();
  const action = useMutation();
  const addPasskey = () =>
    action.run(async () => {
      const passkey = await makePasskey(await client.beginFirstPasskey(ticket));
      const name = t('factors.passkey');
      setDone(await client.confirmFirstPasskey({ ticket, name, passkey }));
    });
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
      {ways.value !== undefined && passkeyFaultHere(ways.value.passkeys.fault) === null && (
        <>
          <p>{t('factors.firstPasskey')}</p>
          <Failure error={action.error} />
          <Button disabled={action.busy} onClick={() => void addPasskey()}>
            {t('factors.addPasskey')}
          </Button>
        </>
      )}
      <Button look="link" onClick={() => onBack()}>
        {t('users.toSignIn')}
      </Button>
      <LanguageSwitch />
    </div>
  );
}

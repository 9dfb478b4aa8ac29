import { useState } from 'preact/hooks';
import type {
  NightglassClient,
  SecondStep,
  Session,
} from '../../../src/client/nightglass-client.ts';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { NewPassword } from '../users/new-password.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { SecondStepPage } from './second-step.tsx';

export interface JoinProps {
  readonly client: NightglassClient;
  /** Of the one-time link. */
  readonly secret: string;
  readonly onJoined: (session: Session) => void;
  /** To where one signs in. */
  readonly onLeave: () => void;
}

/** What a one-time link opens: its holder chooses a password and is signed in with it. */
export function Join({ client, secret, onJoined, onLeave }: JoinProps) {
  const link = useQuery(() => client.openLink(secret), [client, secret]);
  const [password, setPassword] = useState('');
  const [step, setStep] = useState<SecondStep>();
  const action = useMutation();
  const { value } = link;
  const join = (name: string) =>
    action.run(async () => {
      await client.acceptLink(secret, password);
      const answer = await client.loginByPassword(name, password);
      if ('ticket' in answer) setStep(answer);
      else onJoined(answer);
    });
  if (step !== undefined) {
    return <SecondStepPage client={client} step={step} onOpen={onJoined} onBack={onLeave} />;
  }
  return (
    <main class="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (value !== undefined) void join(value.name);
        }}
      >
        <h1>Nightglass</h1>
        <Failure error={link.error} />
        {value !== undefined && (
          <>
            <p>
              {t(value.kind === 'invitation' ? 'users.joinWhat' : 'users.joinReset', {
                name: value.displayName,
              })}
            </p>
            <p class="muted">
              {t('users.joinName', { name: value.name, time: formatDateTime(value.expiresAt) })}
            </p>
            <input
              type="text"
              name="username"
              autoComplete="username"
              value={value.name}
              readOnly
              hidden
            />
            <NewPassword value={password} onValue={setPassword} />
            <Failure error={action.error} />
            <Button type="submit" action="confirm" disabled={action.busy}>
              {t('users.join')}
            </Button>
          </>
        )}
        <Button look="link" onClick={onLeave}>
          {t('users.toSignIn')}
        </Button>
        <LanguageSwitch />
      </form>
    </main>
  );
}

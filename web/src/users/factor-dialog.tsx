import { useState } from 'preact/hooks';
import type { Factor, TotpEnrolment } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { AuthenticatorForm } from './authenticator-form.tsx';
import { makePasskey } from './browser-passkey.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

/** What is to be done with second factors. */
export type FactorTask =
  | { readonly kind: 'app' | 'passkey' | 'codes' }
  | { readonly kind: 'remove'; readonly factor: Factor };

export interface FactorDialogProps {
  readonly task: FactorTask;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Asks for the password once more, then does it. */
export function FactorDialog({ task, onChanged, onClose }: FactorDialogProps) {
  const { client } = useDashboard();
  const [enrolment, setEnrolment] = useState<TotpEnrolment>();
  const [codes, setCodes] = useState<readonly string[]>();
  const added = (recoveryCodes: readonly string[] | null) => {
    onChanged();
    if (recoveryCodes === null) onClose();
    else setCodes(recoveryCodes);
  };
  const begin = async (password: string, name: string) => {
    if (task.kind === 'app') return setEnrolment(await client.beginAuthenticator(password));
    if (task.kind === 'passkey') {
      const passkey = await makePasskey(await client.beginPasskey(password));
      return added((await client.confirmPasskey({ name, passkey })).recoveryCodes);
    }
    if (task.kind === 'remove') {
      await client.removeFactor(task.factor.id, password);
      onClose();
    } else {
      setCodes(await client.makeRecoveryCodes(password));
    }
    onChanged();
  };
  return (
    <Dialog title={titleOf(task)} onClose={onClose}>
      <div class="dialog-body stack">
        {codes !== undefined ? (
          <RecoveryCodes codes={codes} onKept={onClose} />
        ) : enrolment !== undefined ? (
          <AuthenticatorForm
            enrolment={enrolment}
            onConfirm={async (confirmation) => {
              added((await client.confirmAuthenticator(confirmation)).recoveryCodes);
            }}
          />
        ) : (
          <PasswordAgain task={task} onPassword={begin} onClose={onClose} />
        )}
      </div>
    </Dialog>
  );
}

interface PasswordAgainProps {
  readonly task: FactorTask;
  readonly onPassword: (password: string, name: string) => Promise<void>;
  readonly onClose: () => void;
}

function PasswordAgain({ task, onPassword, onClose }: PasswordAgainProps) {
  const { session } = useDashboard();
  const [password, setPassword] = useState('');
  const [name, setName] = useState(t('factors.passkey'));
  const action = useMutation();
  const isRemoval = task.kind === 'remove';
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(() => onPassword(password, name));
      }}
    >
      <p>{t(`factors.${task.kind}What`)}</p>
      <input
        type="text"
        name="username"
        autoComplete="username"
        value={session.name}
        readOnly
        hidden
      />
      <TextField
        label={t('users.currentPassword')}
        type="password"
        autoComplete="current-password"
        value={password}
        required
        takesFocus
        onValue={setPassword}
      />
      {task.kind === 'passkey' && (
        <TextField
          label={t('factors.name')}
          hint={t('factors.nameHint')}
          value={name}
          maxLength={64}
          required
          onValue={setName}
        />
      )}
      <Failure error={action.error} />
      <div class="button-row">
        <Button type="submit" action={isRemoval ? 'delete' : 'confirm'} disabled={action.busy}>
          {t(isRemoval ? 'users.remove' : 'factors.goOn')}
        </Button>
        <Button onClick={onClose}>{t('shell.cancel')}</Button>
      </div>
    </form>
  );
}

function titleOf(task: FactorTask): string {
  if (task.kind === 'remove') return t('factors.removeTitle', { name: task.factor.name });
  if (task.kind === 'passkey') return t('factors.addPasskey');
  return t(task.kind === 'app' ? 'factors.addApp' : 'factors.newCodes');
}

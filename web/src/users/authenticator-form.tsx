import { useState } from 'preact/hooks';
import type { TotpConfirmation, TotpEnrolment } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { QrCode } from './qr-code.tsx';

export interface AuthenticatorFormProps {
  readonly enrolment: TotpEnrolment;
  readonly onConfirm: (confirmation: TotpConfirmation) => Promise<void>;
}

/** The picture for an authenticator app, and a code that shows that the app has it. */
export function AuthenticatorForm({ enrolment, onConfirm }: AuthenticatorFormProps) {
  const [code, setCode] = useState('');
  const [name, setName] = useState(t('factors.app'));
  const action = useMutation();
  const { address, secret } = enrolment;
  return (
    <form
      class="stack factor-form"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(() => onConfirm({ enrolment: enrolment.enrolment, code, name }));
      }}
    >
      <p>{t('factors.scan')}</p>
      <QrCode text={address} label={t('factors.picture')} />
      <p class="muted">
        {t('factors.typeInstead')}{' '}
        <code class="factor-secret">{secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
      </p>
      <TextField
        label={t('factors.code')}
        hint={t('factors.codeHint')}
        inputMode="numeric"
        autoComplete="one-time-code"
        value={code}
        required
        takesFocus
        onValue={setCode}
      />
      <TextField
        label={t('factors.name')}
        hint={t('factors.nameHint')}
        value={name}
        maxLength={64}
        required
        onValue={setName}
      />
      <Failure error={action.error} />
      <div class="button-row">
        <Button type="submit" action="confirm" disabled={action.busy}>
          {t('factors.addApp')}
        </Button>
      </div>
    </form>
  );
}

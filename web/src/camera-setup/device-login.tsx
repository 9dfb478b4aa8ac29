import { useState } from 'preact/hooks';
import type { Device } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';

/** With what a device was asked. */
export interface DeviceQuestion {
  readonly username: string;
  readonly password: string;
}

export interface DeviceLoginProps {
  readonly address: string;
  readonly onAnswer: (device: Device, asked: DeviceQuestion) => void;
}

/** Asks a camera what it has, with a login. */
export function DeviceLogin({ address, onAnswer }: DeviceLoginProps) {
  const { client } = useDashboard();
  const [asked, setAsked] = useState<DeviceQuestion>({ username: '', password: '' });
  const [fingerprint, setFingerprint] = useState('');
  const asking = useMutation();
  const ask = () =>
    void asking.run(async () => {
      const login = asked.username === '' ? {} : { login: asked };
      const pin = fingerprint.trim();
      const tls = pin === '' ? {} : { tls: { fingerprint: pin } };
      onAnswer(await client.describeDevice({ address, ...login, ...tls }), asked);
    });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <p class="muted">
        <bdi>{address}</bdi>
      </p>
      <div class="two-columns">
        <TextField
          label={t('forms.optional', { label: t('cameras.fieldUser') })}
          hint={t('cameras.deviceUserHint')}
          value={asked.username}
          maxLength={256}
          spellcheck={false}
          takesFocus
          onValue={(username) => setAsked((before) => ({ ...before, username }))}
        />
        <TextField
          label={t('forms.optional', { label: t('cameras.fieldPassword') })}
          type="password"
          autoComplete="new-password"
          value={asked.password}
          maxLength={256}
          onValue={(password) => setAsked((before) => ({ ...before, password }))}
        />
      </div>
      {address.startsWith('https:') && (
        <TextField
          label={t('forms.optional', { label: t('cameras.fieldFingerprint') })}
          hint={t('cameras.fingerprintHint')}
          value={fingerprint}
          maxLength={95}
          spellcheck={false}
          onValue={setFingerprint}
        />
      )}
      <Failure error={asking.error} />
      <div class="button-row">
        <Button type="submit" action="confirm" disabled={asking.busy}>
          {t('cameras.askDevice')}
        </Button>
        {asking.busy && <span role="status">{t('cameras.asking')}</span>}
      </div>
    </form>
  );
}

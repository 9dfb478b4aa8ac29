import { useEffect, useState } from 'preact/hooks';
import type { Push, PushDevice } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { language } from '../i18n/language.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { SelectField, TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import {
  changeDevice,
  deviceSupport,
  leaveDevice,
  NotAllowed,
  subscribeDevice,
  thisDevice,
} from './device-subscription.ts';
import { guessDeviceName } from './guess-device-name.ts';
import './device-alerts.css';

const least = ['low', 'normal', 'urgent'] as const;
type Least = (typeof least)[number];
const longestName = 60;

/** Alerts on this device: on or off, which, a test; and one's other devices. */
export function DeviceAlerts() {
  const { client, session } = useDashboard();
  const found = useQuery(async () => {
    const push = await client.push();
    return { push, own: await thisDevice(push.devices) };
  }, [client]);
  if (session.open) return <p class="muted">{t('push.signInFirst')}</p>;
  if (found.value === undefined) return <Failure error={found.error} onRetry={found.reload} />;
  const { own, push } = found.value;
  return (
    <div class="device-alerts">
      <p class="muted">{t('push.what')}</p>
      <OnThisDevice push={push} own={own} onChange={found.reload} />
      <OtherDevices
        devices={push.devices.filter(({ id }) => id !== own?.id)}
        onChange={found.reload}
      />
      {push.all !== null && <p class="muted">{t('push.all', { count: formatNumber(push.all) })}</p>}
    </div>
  );
}

interface OnThisDeviceProps {
  readonly push: Push;
  readonly own: PushDevice | undefined;
  readonly onChange: () => void;
}

function OnThisDevice({ push, own, onChange }: OnThisDeviceProps) {
  const { client } = useDashboard();
  const work = useMutation();
  const [said, setSaid] = useState('');
  const [name, setName] = useState(own?.name ?? guessDeviceName(navigator.userAgent));
  const [wanted, setWanted] = useState<Least>(own?.leastPriority ?? 'low');
  useEffect(() => {
    if (own === undefined) return;
    setName(own.name);
    setWanted(own.leastPriority);
  }, [own]);
  const { publicKey } = push;
  if (!push.enabled || publicKey === null) return <p>{t('push.notSetUp')}</p>;
  const support = deviceSupport();
  if (support !== 'ready') return <p>{t(`push.support_${support}`)}</p>;
  const wishes = { name: name.trim(), language: language.value, leastPriority: wanted };
  const run = (what: () => Promise<string>) => {
    setSaid('');
    void work
      .run(async () => setSaid(await what()))
      .then((isDone) => {
        if (isDone) onChange();
      });
  };
  const switchOn = async () => {
    try {
      await subscribeDevice(client, publicKey, wishes);
      return '';
    } catch (error) {
      if (error instanceof NotAllowed) return t('push.notAllowed');
      if (error instanceof DOMException) return t('push.notReached');
      throw error;
    }
  };
  const test = async (id: string) => {
    const { ok, reason } = await client.testPushDevice(id);
    return ok ? t('push.testTaken') : t('push.testRefused', { reason: reason ?? '' });
  };
  const change = (changes: Partial<typeof wishes>) => {
    if (own !== undefined) {
      run(() => changeDevice(client, { ...wishes, ...changes }).then(() => ''));
    }
  };
  return (
    <>
      <TextField
        label={t('push.name')}
        hint={t('push.nameHint')}
        value={name}
        maxLength={longestName}
        onValue={setName}
        onBlur={() => wishes.name !== '' && wishes.name !== own?.name && change({})}
      />
      <SelectField
        label={t('push.leastPriority')}
        value={wanted}
        options={least.map((value) => ({ value, label: t(`push.least_${value}`) }))}
        onValue={(value) => {
          setWanted(value);
          change({ leastPriority: value });
        }}
      />
      {own !== undefined && <p class="device-alerts-on">{t('push.isOn')}</p>}
      {own?.fault != null && <p>{t('push.fault', { reason: own.fault.reason })}</p>}
      <Actions
        isOn={own !== undefined}
        isBusy={work.busy}
        isNamed={wishes.name !== ''}
        onSwitchOn={() => run(switchOn)}
        onSwitchOff={() => run(() => leaveDevice(client).then(() => ''))}
        onTest={() => own !== undefined && run(() => test(own.id))}
      />
      <Failure error={work.error} />
      <p role="status">{said}</p>
    </>
  );
}

interface ActionsProps {
  readonly isOn: boolean;
  readonly isBusy: boolean;
  readonly isNamed: boolean;
  readonly onSwitchOn: () => void;
  readonly onSwitchOff: () => void;
  readonly onTest: () => void;
}

function Actions({ isOn, isBusy, isNamed, onSwitchOn, onSwitchOff, onTest }: ActionsProps) {
  if (!isOn) {
    return (
      <div class="device-alerts-actions">
        <Button disabled={isBusy || !isNamed} onClick={onSwitchOn}>
          {t('push.switchOn')}
        </Button>
      </div>
    );
  }
  return (
    <div class="device-alerts-actions">
      <Button disabled={isBusy} onClick={onTest}>
        {t('push.test')}
      </Button>
      <Button disabled={isBusy} onClick={onSwitchOff}>
        {t('push.switchOff')}
      </Button>
    </div>
  );
}

interface OtherDevicesProps {
  readonly devices: readonly PushDevice[];
  readonly onChange: () => void;
}

function OtherDevices({ devices, onChange }: OtherDevicesProps) {
  const { client } = useDashboard();
  const work = useMutation();
  if (devices.length === 0) return null;
  return (
    <section aria-label={t('push.others')}>
      <h3>{t('push.others')}</h3>
      <ul class="device-alerts-others">
        {devices.map(({ id, name, host, fault }) => (
          <li key={id}>
            <span>
              {name} <span class="muted">{host}</span>
              {fault !== null && (
                <span class="muted"> {t('push.fault', { reason: fault.reason })}</span>
              )}
            </span>
            <Button
              aria-label={t('push.removeOf', { name })}
              disabled={work.busy}
              onClick={() =>
                void work
                  .run(async () => void (await client.removePushDevice(id)))
                  .then((isDone) => isDone && onChange())
              }
            >
              {t('push.remove')}
            </Button>
          </li>
        ))}
      </ul>
      <Failure error={work.error} />
    </section>
  );
}

import { useState } from 'preact/hooks';
import type { Arming, ArmingOrder } from '../../../src/client/nightglass-client.ts';
import { formatSpan } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { timeZone } from '../i18n/time-zone.ts';
import { momentOf } from '../i18n/zoned-time.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { SelectField, TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';

/** Minutes to choose from. */
const spans = [15, 30, 60, 120, 240, 480, 1_440] as const;
type Choice = 'open' | 'time' | `${(typeof spans)[number]}`;

export interface ArmingDialogProps {
  readonly arming: Arming;
  readonly name: string;
  readonly onClose: () => void;
}

/** Asks for how long something is to be armed, or disarmed. */
export function ArmingDialog({ arming, name, onClose }: ArmingDialogProps) {
  const dashboard = useDashboard();
  const { id, kind, scheduled } = arming;
  const armed = !arming.armed;
  // Who disarms comes back to it; who arms means it.
  const [choice, setChoice] = useState<Choice>(armed ? 'open' : '30');
  const [time, setTime] = useState('');
  const action = useMutation();
  const until = momentOf(time, timeZone.value);
  const isReady = choice !== 'time' || until !== undefined;
  const options: { value: Choice; label: string }[] = [
    ...spans.map((minutes) => ({
      value: `${minutes}` as Choice,
      label: formatSpan(minutes * 60_000),
    })),
    { value: 'open', label: t(scheduled ? 'arming.openSchedule' : 'arming.open') },
    { value: 'time', label: t('arming.untilTime') },
  ];
  return (
    <Dialog title={t(armed ? 'arming.armTitle' : 'arming.disarmTitle', { name })} onClose={onClose}>
      <form
        class="dialog-body stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isReady) return;
          const order: ArmingOrder = { armed, ...endOf(choice, until) };
          void action
            .run(async () => dashboard.acceptArming(await dashboard.client.arm(kind, id, order)))
            .then((done) => done && onClose());
        }}
      >
        {!armed && <p>{t(kind === 'camera' ? 'arming.meansCamera' : 'arming.meansWatchlist')}</p>}
        <SelectField
          label={t('arming.howLong')}
          value={choice}
          options={options}
          onValue={setChoice}
        />
        {choice === 'time' && (
          <TextField
            label={t('arming.time')}
            hint={t('arming.timeHint')}
            type="datetime-local"
            value={time}
            onValue={setTime}
          />
        )}
        <Failure error={action.error} />
        <div class="button-row">
          <Button
            type="submit"
            action={armed ? 'confirm' : 'delete'}
            disabled={!isReady || action.busy}
          >
            {t(armed ? 'arming.confirmArm' : 'arming.confirmDisarm')}
          </Button>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function endOf(choice: Choice, until: number | undefined): Omit<ArmingOrder, 'armed'> {
  if (choice === 'open') return {};
  if (choice === 'time') return until === undefined ? {} : { until };
  return { minutes: Number(choice) };
}

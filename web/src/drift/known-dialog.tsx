import { useState } from 'preact/hooks';
import { formatDay } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { SelectField, TextField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';

export interface KnownDialogProps {
  readonly cameraId: string;
  /** The first day of what changed; undefined where nothing did. */
  readonly since: string | undefined;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Says that what changed is known: the camera is compared from a day on alone. */
export function KnownDialog({ cameraId, since, onDone, onClose }: KnownDialogProps) {
  const dashboard = useDashboard();
  const [from, setFrom] = useState<'change' | 'today'>(since === undefined ? 'today' : 'change');
  const [note, setNote] = useState('');
  const action = useMutation();
  const work = () =>
    dashboard.client.setDriftReference(cameraId, {
      ...(from === 'change' && since !== undefined ? { from: since } : {}),
      ...(note.trim() === '' ? {} : { note: note.trim() }),
    });
  return (
    <Dialog
      title={t('drift.knownTitle', { camera: dashboard.cameraName(cameraId) })}
      onClose={onClose}
    >
      <form
        class="dialog-body stack"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(work).then((done) => {
            if (!done) return;
            onDone();
            onClose();
          });
        }}
      >
        <p>{t('drift.knownWhat')}</p>
        {since !== undefined && (
          <SelectField
            label={t('drift.from')}
            value={from}
            options={[
              { value: 'change', label: t('drift.fromChange', { day: formatDay(since) }) },
              { value: 'today', label: t('drift.fromToday') },
            ]}
            onValue={setFrom}
          />
        )}
        <TextField
          label={t('drift.note')}
          hint={t('drift.noteHint')}
          value={note}
          maxLength={500}
          onValue={setNote}
        />
        <Failure error={action.error} />
        <div class="button-row">
          <Button type="submit" action="confirm" disabled={action.busy}>
            {t('drift.anew')}
          </Button>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

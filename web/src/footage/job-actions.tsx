import { useState } from 'preact/hooks';
import type { FootageAction, FootageJob } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';

const actionsIn: Partial<Record<FootageJob['state'], readonly FootageAction[]>> = {
  asked: ['authorise', 'refuse', 'cancel'],
  waiting: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  failed: ['resume'],
};

export interface JobActionsProps {
  readonly job: FootageJob;
  readonly onChange: () => void;
}

/** What the visitor may do with a search in its state. */
export function JobActions({ job, onChange }: JobActionsProps) {
  const { client, session } = useDashboard();
  const [ending, setEnding] = useState(false);
  const action = useMutation();
  if (!mayAs(session, 'reviewer') || job.origin === 'command') return null;
  const isOwn = job.askedBy === session.name;
  const offered = (actionsIn[job.state] ?? []).filter(
    (each) => !isOwn || (each !== 'authorise' && each !== 'refuse'),
  );
  const change = async (what: FootageAction) => {
    await client.changeFootageJob(job.id, what);
    onChange();
  };
  if (offered.length === 0) return null;
  return (
    <div class="footage-actions">
      {job.state === 'asked' && isOwn && <p class="footage-note">{t('footage.ownRequest')}</p>}
      <div class="button-row">
        {offered.map((each) => (
          <Button
            key={each}
            disabled={action.busy}
            {...(each === 'authorise' ? { action: 'confirm' as const } : {})}
            onClick={() =>
              each === 'cancel' ? setEnding(true) : void action.run(() => change(each))
            }
          >
            {t(`footage.${each}`)}
          </Button>
        ))}
      </div>
      <Failure error={action.error} />
      {ending && (
        <ConfirmDialog
          title={t('footage.cancelTitle')}
          confirmLabel={t('footage.cancel')}
          onConfirm={() => change('cancel')}
          onClose={() => setEnding(false)}
        >
          <p>{t('footage.cancelText')}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

import type { AlertRecord } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';

export interface LookAlikeNoteProps {
  readonly record: AlertRecord;
  readonly onChanged: (record: AlertRecord) => void;
}

/** Of a dismissed alert: its face shall alert on this person no more, or does so no more. */
export function LookAlikeNote({ record, onChanged }: LookAlikeNoteProps) {
  const { client, session } = useDashboard();
  const action = useMutation();
  const { alert, lookAlikeId } = record;
  // Of a deleted person the name is gone, and there is nobody to tell apart.
  if (alert.state !== 'dismissed' || alert.personName === '') return null;
  const mayChange = mayAs(session, 'reviewer');
  if (!mayChange && lookAlikeId === null) return null;
  const name = alert.personName;
  const change = () =>
    action.run(async () => {
      if (lookAlikeId === null) {
        const { id } = await client.addLookAlike(alert.id);
        onChanged({ ...record, lookAlikeId: id });
      } else {
        await client.removeLookAlike(alert.personId, lookAlikeId);
        onChanged({ ...record, lookAlikeId: null });
      }
    });
  return (
    <div class="blind look-alike" role="note">
      <h3>{t('alerts.lookAlikeTitle', { name })}</h3>
      <p>{t(lookAlikeId === null ? 'alerts.lookAlikeOffer' : 'alerts.lookAlikeKnown', { name })}</p>
      {mayChange && (
        <Button disabled={action.busy} onClick={() => void change()}>
          {t(lookAlikeId === null ? 'alerts.lookAlikeAdd' : 'alerts.lookAlikeRemove')}
        </Button>
      )}
      <Failure error={action.error} />
    </div>
  );
}

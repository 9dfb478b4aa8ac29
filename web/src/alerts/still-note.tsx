import { useState } from 'preact/hooks';
import type { Alert, AlertRecord } from '../../../src/client/nightglass-client.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { useDashboard } from '../live/dashboard-context.ts';

export interface StillNoteProps {
  readonly alert: Alert;
  readonly onLifted: (record: AlertRecord) => void;
}

/** True where a face of the alert is marked as one that keeps its place. */
export function isMarkedStill({ still, sightings }: Alert): boolean {
  return [still, ...sightings.map((sighting) => sighting.still)].some(
    (mark) => mark !== null && mark.liftedAt === null,
  );
}

/** Says that a face never changed its place and alerts there no more, and lifts that mark. */
export function StillNote({ alert, onLifted }: StillNoteProps) {
  const { client } = useDashboard();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  async function lift(): Promise<void> {
    setBusy(true);
    try {
      onLifted(await client.liftStill(alert.id));
    } catch (error) {
      setFailure(errorText(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <div class="blind" role="note">
      <h3>{t('alerts.stillTitle')}</h3>
      <p>{t('alerts.still')}</p>
      <Button disabled={busy} onClick={() => void lift()}>
        {t('alerts.liftStill')}
      </Button>
      {failure !== undefined && <p role="alert">{failure}</p>}
    </div>
  );
}

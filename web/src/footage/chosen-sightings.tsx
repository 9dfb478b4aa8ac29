import { ExportEvidence } from '../alerts/export-evidence.tsx';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';

/** Sightings of a case, as the gateway takes them. */
const most = 100;

export interface ChosenSightingsProps {
  readonly search: string;
  readonly sightings: readonly string[];
  readonly onNone: () => void;
}

/** Stays in view while sightings are chosen: what may be done with them. */
export function ChosenSightings({ search, sightings, onNone }: ChosenSightingsProps) {
  return (
    <div class="footage-chosen">
      <b role="status">{t('footage.chosenSightings', { count: sightings.length })}</b>
      <Button look="link" onClick={onNone}>
        {t('alerts.selectNone')}
      </Button>
      {sightings.length > most ? (
        <span class="failure">{t('footage.exportTooMany', { count: most })}</span>
      ) : (
        <ExportEvidence alertIds={[]} footage={[{ search, sightings }]} />
      )}
    </div>
  );
}

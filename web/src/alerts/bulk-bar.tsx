import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { ExportEvidence } from './export-evidence.tsx';
import { ReviewButtons } from './review-buttons.tsx';
import { useBulkReview } from './use-bulk-review.ts';

export interface BulkBarProps {
  /** Those that are chosen. */
  readonly alerts: readonly Alert[];
  readonly onAll: () => void;
  readonly onNone: () => void;
}

/** Above the list: what may be done about all alerts that are chosen. */
export function BulkBar({ alerts, onAll, onNone }: BulkBarProps) {
  const { session } = useDashboard();
  const reviewing = useBulkReview(alerts);
  return (
    <div class="bulk">
      <div class="bulk-head">
        {alerts.length > 0 && <b>{t('alerts.selected', { count: alerts.length })}</b>}
        <Button look="link" onClick={onAll}>
          {t('alerts.selectAll')}
        </Button>
        {alerts.length > 0 && (
          <Button look="link" onClick={onNone}>
            {t('alerts.selectNone')}
          </Button>
        )}
        {alerts.length > 0 && mayAs(session, 'reviewer') && (
          <ExportEvidence alertIds={alerts.map(({ id }) => id)} />
        )}
      </div>
      <ReviewButtons reviewing={reviewing} />
      <p class="muted" role="status">
        {reviewing.done}
      </p>
    </div>
  );
}

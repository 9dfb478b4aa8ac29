import { useState } from 'preact/hooks';
import { ApiError } from '../api/api-error.ts';
import type { Alert, AlertRecord, ReviewAction } from '../api/wire.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { mayAs } from '../shell/navigation.tsx';

/** What the gateway's store allows from each state. */
const next: Record<Alert['state'], readonly ReviewAction[]> = {
  new: ['acknowledge', 'escalate'],
  acknowledged: ['confirm', 'dismiss', 'escalate'],
  escalated: ['confirm', 'dismiss'],
  confirmed: [],
  dismissed: [],
};

export interface Reviewing {
  /** What this visitor may do now. */
  readonly actions: readonly ReviewAction[];
  readonly busy: boolean;
  /** True while the reason for a dismissal is asked for. */
  readonly asking: boolean;
  readonly failure: string | undefined;
  /** Does an action if it may be done; a dismissal first asks for its reason. */
  begin(action: ReviewAction): void;
  dismiss(reason: string): void;
  cancel(): void;
}

/** What a person may do about an alert now, and doing it. */
export function useReview(
  dashboard: Dashboard,
  alert: Alert | undefined,
  onReviewed: (record: AlertRecord) => void = () => undefined,
): Reviewing {
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const reviewer = mayAs(dashboard.session, 'reviewer');
  const actions =
    alert === undefined
      ? []
      : next[alert.state].filter(
          (action) => reviewer || action === 'acknowledge' || action === 'escalate',
        );

  async function review(action: ReviewAction, reason?: string): Promise<void> {
    if (alert === undefined || busy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      const record = await dashboard.api.review(alert, action, reason);
      setAsking(false);
      // The scores that a first reviewer had before the verdict are still theirs to see.
      dashboard.accept({ ...alert, ...record.alert });
      onReviewed(record);
    } catch (error) {
      setFailure(errorText(error));
      if (!(error instanceof ApiError) || error.code !== 'CONFLICT') return;
      // Somebody was quicker: what they did is shown, so that nobody decides on what is past.
      setAsking(false);
      setFailure(t('alerts.movedOn'));
      const record = await dashboard.api.alert(alert.id).catch(() => undefined);
      if (record === undefined) return;
      dashboard.accept(record.alert);
      onReviewed(record);
    } finally {
      setBusy(false);
    }
  }

  return {
    actions,
    busy,
    asking: asking && actions.includes('dismiss'),
    failure,
    begin(action) {
      if (!actions.includes(action)) return;
      if (action === 'dismiss') setAsking(true);
      else void review(action);
    },
    dismiss: (reason) => void review('dismiss', reason),
    cancel: () => setAsking(false),
  };
}

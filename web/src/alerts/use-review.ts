import { useState } from 'preact/hooks';
import type {
  Alert,
  AlertRecord,
  ReviewAction,
  Session,
} from '../../../src/client/nightglass-client.ts';
import { ApiError } from '../../../src/client/nightglass-client.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';

/** What the gateway's store allows from each state. */
const next: Record<Alert['state'], readonly ReviewAction[]> = {
  new: ['acknowledge', 'escalate'],
  acknowledged: ['confirm', 'dismiss', 'escalate'],
  escalated: ['confirm', 'dismiss'],
  confirmed: [],
  dismissed: [],
};

/** What a visitor may do about an alert now. */
export function actionsOf({ state }: Alert, session: Session): readonly ReviewAction[] {
  const reviewer = mayAs(session, 'reviewer');
  return next[state].filter(
    (action) => reviewer || action === 'acknowledge' || action === 'escalate',
  );
}

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

/**
 * What a person may do about an alert now, and doing it.
 *
 * @param focusId where the keyboard goes on when the button that was pressed is gone
 */
export function useReview(
  alert: Alert | undefined,
  focusId: string,
  onReviewed: (record: AlertRecord) => void = () => undefined,
): Reviewing {
  const dashboard = useDashboard();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const actions = alert === undefined ? [] : actionsOf(alert, dashboard.session);

  /** A verdict is about what was seen; to acknowledge holds as well for a better picture of the track. */
  async function send(action: ReviewAction, reason?: string): Promise<AlertRecord> {
    if (alert === undefined) throw new TypeError('there is no alert');
    const { client } = dashboard;
    const as = (revision: number) => ({
      action,
      revision,
      ...(reason === undefined ? {} : { reason }),
    });
    try {
      return await client.review(alert.id, as(alert.revision));
    } catch (error) {
      const verdict = action === 'confirm' || action === 'dismiss';
      if (verdict || !(error instanceof ApiError) || error.code !== 'CONFLICT') throw error;
      const { alert: present } = await client.alert(alert.id);
      if (present.state !== alert.state) throw error;
      return await client.review(alert.id, as(present.revision));
    }
  }

  async function review(action: ReviewAction, reason?: string): Promise<void> {
    if (alert === undefined || busy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      const record = await send(action, reason);
      setAsking(false);
      // The scores that a first reviewer had before the verdict are still theirs to see.
      dashboard.accept({ ...alert, ...record.alert });
      onReviewed(record);
      requestAnimationFrame(() => keepFocus(focusId));
    } catch (error) {
      setFailure(errorText(error));
      if (!(error instanceof ApiError) || error.code !== 'CONFLICT') return;
      // It has changed: what it is now is shown, so that nobody decides on what is past.
      const record = await dashboard.client.alert(alert.id).catch(() => undefined);
      if (record?.alert.state !== alert.state) setAsking(false);
      setFailure(t(record?.alert.state === alert.state ? 'alerts.changed' : 'alerts.movedOn'));
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

function keepFocus(id: string): void {
  if (document.activeElement === document.body) document.getElementById(id)?.focus();
}

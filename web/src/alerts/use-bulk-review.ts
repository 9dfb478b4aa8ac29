import { useState } from 'preact/hooks';
import type { Alert, ReviewAction } from '../../../src/client/nightglass-client.ts';
import { errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { useMutation } from '../kit/use-mutation.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { actionsOf, type Reviewing } from './use-review.ts';

export interface BulkReviewing extends Reviewing {
  /** What the last step came to. */
  readonly done: string | undefined;
}

/** What a person may do about several alerts at once: each step goes to those that allow it. */
export function useBulkReview(alerts: readonly Alert[]): BulkReviewing {
  const dashboard = useDashboard();
  const { client, session } = dashboard;
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<string>();
  const { busy, error, run } = useMutation();
  const actions = [...new Set(alerts.flatMap((alert) => actionsOf(alert, session)))];

  async function review(action: ReviewAction, reason?: string): Promise<void> {
    const isVerdict = action === 'confirm' || action === 'dismiss';
    const wanted = alerts.filter((alert) => actionsOf(alert, session).includes(action));
    const { reviewed, refused } = await client.reviewAll({
      action,
      // A verdict is about what was seen; to acknowledge holds as well for what came since.
      alerts: wanted.map(({ id, revision }) => (isVerdict ? { id, revision } : { id })),
      ...(reason === undefined ? {} : { reason }),
    });
    setAsking(false);
    for (const { alert } of reviewed) dashboard.accept(alert);
    const [first] = refused;
    const failed = first && t('alerts.bulkRefused', { count: refused.length, why: first.message });
    setDone([t('alerts.bulkDone', { count: reviewed.length }), failed].filter(Boolean).join(' '));
  }

  return {
    actions,
    busy,
    asking: asking && actions.includes('dismiss'),
    failure: error === undefined ? undefined : errorText(error),
    done,
    begin(action) {
      if (!actions.includes(action)) return;
      if (action === 'dismiss') setAsking(true);
      else void run(() => review(action));
    },
    dismiss: (reason) => void run(() => review('dismiss', reason)),
    cancel: () => setAsking(false),
  };
}

import { useState } from 'preact/hooks';
import type { Alert, ReviewAction } from '../api/wire.ts';
import type { Dashboard } from '../live/dashboard.ts';

const labels: Record<ReviewAction, string> = {
  acknowledge: 'Acknowledge',
  confirm: 'Confirm',
  dismiss: 'Dismiss…',
  escalate: 'Escalate',
};

/** What the gateway's store allows from each state. */
const next: Record<Alert['state'], readonly ReviewAction[]> = {
  new: ['acknowledge', 'escalate'],
  acknowledged: ['confirm', 'dismiss', 'escalate'],
  escalated: ['confirm', 'dismiss'],
  confirmed: [],
  dismissed: [],
};

/** What a person may do about an alert now. */
export function ReviewButtons({ dashboard, alert }: { dashboard: Dashboard; alert: Alert }) {
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const { role } = dashboard.session;
  const reviewer = role === 'reviewer' || role === 'admin';
  const actions = next[alert.state].filter(
    (action) =>
      role !== 'viewer' && (reviewer || action === 'acknowledge' || action === 'escalate'),
  );
  if (actions.length === 0 && failure === undefined) return null;

  async function review(action: ReviewAction, reason?: string): Promise<void> {
    setBusy(true);
    setFailure(undefined);
    try {
      const record = await dashboard.api.review(alert, action, reason);
      setAsking(false);
      // The scores that a first reviewer had before the verdict are still theirs to see.
      dashboard.accept({ ...alert, ...record.alert });
    } catch (error) {
      setFailure(error instanceof Error ? error.message : 'The review failed');
    } finally {
      setBusy(false);
    }
  }

  return (
    <div class="review">
      {!asking && (
        <div class="review-row">
          {actions.map((action) => (
            <button
              key={action}
              type="button"
              class="button"
              data-action={action}
              disabled={busy}
              onClick={() => (action === 'dismiss' ? setAsking(true) : void review(action))}
            >
              {labels[action]}
            </button>
          ))}
        </div>
      )}
      {asking && (
        <DismissForm
          busy={busy}
          onCancel={() => setAsking(false)}
          onDismiss={(reason) => void review('dismiss', reason)}
        />
      )}
      {failure !== undefined && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}

interface DismissFormProps {
  readonly busy: boolean;
  readonly onCancel: () => void;
  readonly onDismiss: (reason: string) => void;
}

function DismissForm({ busy, onCancel, onDismiss }: DismissFormProps) {
  const [reason, setReason] = useState('');
  const ready = reason.trim().length >= 3;
  return (
    <form
      class="dismiss"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onDismiss(reason.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <label>
        Why is it not this person?
        <input
          value={reason}
          maxLength={1000}
          required
          ref={(input) => input?.focus()}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" data-action="dismiss" disabled={busy || !ready}>
        Dismiss
      </button>
      <button type="button" class="button" onClick={onCancel}>
        Cancel
      </button>
    </form>
  );
}

import { useEffect, useState } from 'preact/hooks';
import type { Alert } from '../api/wire.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useStore } from '../live/store.ts';
import { AlertCard } from './alert-card.tsx';
import { FrameDialog } from './frame-dialog.tsx';

function isOpen({ state }: Alert): boolean {
  return state === 'new' || state === 'acknowledged' || state === 'escalated';
}

/** Alerts, newest first. */
export function AlertFeed({ dashboard }: { dashboard: Dashboard }) {
  const alerts = useStore(dashboard.alerts);
  const [all, setAll] = useState(false);
  const [frameOf, setFrameOf] = useState<Alert>();
  const open = alerts?.filter(isOpen) ?? [];
  const shown = all ? (alerts ?? []) : open;
  const fresh = open.filter(({ state }) => state === 'new').length;
  useEffect(() => {
    document.title = fresh > 0 ? `(${fresh}) Nightglass` : 'Nightglass';
  }, [fresh]);
  return (
    <section class="feed" aria-labelledby="feed-title">
      <header class="section-head">
        <h2 id="feed-title">Alerts</h2>
        <fieldset class="switch" aria-label="Which alerts">
          <button type="button" aria-pressed={!all} onClick={() => setAll(false)}>
            Open {open.length}
          </button>
          <button type="button" aria-pressed={all} onClick={() => setAll(true)}>
            All {alerts?.length ?? 0}
          </button>
        </fieldset>
      </header>
      <Announcement dashboard={dashboard} />
      <div class="feed-list">
        {alerts === null ? (
          <p class="empty">Loading alerts…</p>
        ) : shown.length === 0 ? (
          <p class="empty">
            <strong>{alerts.length === 0 ? 'No alerts yet.' : 'Nothing open.'}</strong>{' '}
            {alerts.length === 0
              ? 'When a camera sees somebody who is on a watchlist, it appears here.'
              : 'All alerts have been reviewed.'}
          </p>
        ) : (
          shown.map((alert) => (
            <AlertCard
              key={alert.id}
              dashboard={dashboard}
              alert={alert}
              onShowFrame={setFrameOf}
            />
          ))
        )}
      </div>
      {frameOf !== undefined && (
        <FrameDialog dashboard={dashboard} alert={frameOf} onClose={() => setFrameOf(undefined)} />
      )}
    </section>
  );
}

/** Tells screen readers of a new alert. */
function Announcement({ dashboard }: { dashboard: Dashboard }) {
  const latest = useStore(dashboard.latest);
  return (
    <p class="visually-hidden" aria-live="assertive">
      {latest === null
        ? ''
        : `New alert: ${latest.personName} at ${latest.cameraId}, to be reviewed`}
    </p>
  );
}

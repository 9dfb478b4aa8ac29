import { useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { byPriority } from '../live/priorities.ts';
import { href } from '../page/route.ts';
import { AlertCard } from './alert-card.tsx';
import { openStates } from './alert-filter.ts';
import './alert-rail.css';

const shownAtOnce = 20;
const key = 'nightglass.rail';

/** Beside the wall: what is open, urgent lists first, then the newest. */
export function AlertRail() {
  const dashboard = useDashboard();
  const alerts = dashboard.alerts.value;
  const [hidden, setHidden] = useState(() => localStorage.getItem(key) === 'hidden');
  const undecided = alerts?.filter(({ state }) => openStates.includes(state)) ?? [];
  const open = byPriority(undecided, dashboard.watchlists.value);
  const toggle = () => {
    localStorage.setItem(key, hidden ? 'shown' : 'hidden');
    setHidden(!hidden);
  };
  return (
    <aside class="feed" data-hidden={hidden} aria-labelledby="feed-title">
      <header class="feed-head">
        <h2 id="feed-title" tabIndex={-1}>
          {t('alerts.latest')} <span class="muted">{open.length}</span>
        </h2>
        <a class="link" href={href('alerts')}>
          {t('alerts.allAlerts')}
        </a>
        <Button
          look="quiet"
          aria-expanded={!hidden}
          aria-label={t(hidden ? 'alerts.show' : 'alerts.hide')}
          title={t(hidden ? 'alerts.show' : 'alerts.hide')}
          onClick={toggle}
        >
          {hidden ? '«' : '»'}
        </Button>
      </header>
      {!hidden && (
        <div class="feed-list">
          {alerts === null ? (
            <p class="empty">{t('alerts.loading')}</p>
          ) : open.length === 0 ? (
            <p class="empty">
              <strong>{t(alerts.length === 0 ? 'alerts.noneYet' : 'alerts.noneOpen')}</strong>{' '}
              {t(alerts.length === 0 ? 'alerts.noneYetHint' : 'alerts.noneOpenHint')}
            </p>
          ) : (
            open.slice(0, shownAtOnce).map((alert) => <AlertCard key={alert.id} alert={alert} />)
          )}
        </div>
      )}
    </aside>
  );
}

import type { Connection } from '../api/event-stream.ts';
import { formatTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { useNow, useStore } from '../live/store.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { Navigation } from './navigation.tsx';
import { href, type Route } from './route.ts';

const tones: Record<Connection, string> = {
  connecting: 'busy',
  live: 'good',
  lost: 'bad',
  refused: 'bad',
};

export interface TopBarProps {
  readonly dashboard: Dashboard;
  readonly route: Route;
  readonly fresh: number;
  readonly onHelp: () => void;
  readonly onSignOut: () => void;
}

/** Name, pages, connection, and who is looking. */
export function TopBar({ dashboard, route, fresh, onHelp, onSignOut }: TopBarProps) {
  const connection = useStore(dashboard.connection);
  const { session } = dashboard;
  return (
    <header class="top">
      <a class="brand" href={href('wall')} aria-label="Nightglass">
        <Mark /> <span>Nightglass</span>
      </a>
      <Navigation session={session} route={route} fresh={fresh} />
      <div class="top-end">
        <span class="chip" data-tone={tones[connection]} role="status">
          {t(`shell.connection_${connection}`)}
        </span>
        <Clock />
        <span class="who">
          {session.open ? t('shell.demo') : `${session.name} · ${t(`shell.role_${session.role}`)}`}
        </span>
        <LanguageSwitch />
        <button
          type="button"
          class="button button-quiet"
          aria-label={t('shell.shortcuts')}
          title={t('shell.shortcuts')}
          onClick={onHelp}
        >
          ?
        </button>
        {!session.open && (
          <button type="button" class="button button-quiet" onClick={onSignOut}>
            {t('shell.signOut')}
          </button>
        )}
      </div>
    </header>
  );
}

function Clock() {
  return <time class="clock">{formatTime(useNow(1_000))}</time>;
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <path
        d="M3 16s5-9 13-9 13 9 13 9-5 9-13 9S3 16 3 16Z"
        fill="none"
        stroke="currentColor"
        stroke-width="2.2"
      />
      <circle cx="16" cy="16" r="4.6" fill="currentColor" />
    </svg>
  );
}

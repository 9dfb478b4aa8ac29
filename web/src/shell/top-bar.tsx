import type { WatchState } from '../../../src/client/nightglass-client.ts';
import { formatTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { useNow } from '../live/use-now.ts';
import { Navigation } from '../page/navigation.tsx';
import { href, type Route } from '../page/route.ts';
import { LanguageSwitch } from './language-switch.tsx';

const tones: Record<WatchState, string> = {
  connecting: 'busy',
  live: 'good',
  lost: 'bad',
  ended: 'bad',
};

export interface TopBarProps {
  readonly route: Route;
  readonly fresh: number;
  readonly onHelp: () => void;
  readonly onSignOut: () => void;
}

/** Name, pages, connection, and who is looking. */
export function TopBar({ route, fresh, onHelp, onSignOut }: TopBarProps) {
  const dashboard = useDashboard();
  const connection = dashboard.connection.value;
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
        <Button
          look="quiet"
          aria-label={t('shell.shortcuts')}
          title={t('shell.shortcuts')}
          onClick={onHelp}
        >
          ?
        </Button>
        {!session.open && (
          <Button look="quiet" onClick={onSignOut}>
            {t('shell.signOut')}
          </Button>
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

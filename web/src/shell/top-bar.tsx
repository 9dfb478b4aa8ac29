import { useState } from 'preact/hooks';
import type { WatchState } from '../../../src/client/nightglass-client.ts';
import { formatTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { browserZone, timeZone } from '../i18n/time-zone.ts';
import { Button } from '../kit/button.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { useNow } from '../live/use-now.ts';
import { Navigation } from '../page/navigation.tsx';
import { href, type Route } from '../page/route.ts';
import { DisplayDialog } from './display-dialog.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { SoundButton } from './sound-button.tsx';

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
  const [display, setDisplay] = useState(false);
  return (
    <>
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
          {session.open ? (
            <span class="who">{t('shell.demo')}</span>
          ) : (
            <a class="who" href={href('account')} title={t('users.account')}>
              {`${session.displayName} · ${t(`shell.role_${session.role}`)}`}
            </a>
          )}
          <SoundButton />
          <LanguageSwitch />
          <Button
            look="quiet"
            class="top-display"
            aria-label={t('shell.display')}
            title={t('shell.display')}
            onClick={() => setDisplay(true)}
          >
            <Sliders />
          </Button>
          <Button
            look="quiet"
            class="top-help"
            aria-label={t('shell.shortcuts')}
            title={t('shell.shortcuts')}
            onClick={onHelp}
          >
            ?
          </Button>
          {!session.open && (
            <Button look="quiet" class="top-sign-out" onClick={onSignOut}>
              {t('shell.signOut')}
            </Button>
          )}
        </div>
      </header>
      {display && (
        <DisplayDialog
          onClose={() => setDisplay(false)}
          onSignOut={session.open ? undefined : onSignOut}
        />
      )}
    </>
  );
}

function Clock() {
  const zone = timeZone.value;
  return (
    <time class="clock" title={zone}>
      {formatTime(useNow(1_000))}
      {zone !== browserZone && <small> {zone.split('/').at(-1)?.replaceAll('_', ' ')}</small>}
    </time>
  );
}

function Sliders() {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path
        d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6"
        stroke="currentColor"
        stroke-width="1.6"
        fill="none"
      />
      <circle cx="10" cy="4.5" r="1.9" fill="none" stroke="currentColor" stroke-width="1.5" />
      <circle cx="6" cy="11.5" r="1.9" fill="none" stroke="currentColor" stroke-width="1.5" />
    </svg>
  );
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

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { WallPage } from '../cameras/wall-page.tsx';
import { language, languages } from '../i18n/language.ts';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { destinationsOf, mayVisit } from '../page/navigation.tsx';
import { pageTitle } from '../page/page.tsx';
import { go, href, type PageName, type PageProps, useRoute } from '../page/route.ts';
import { type Shortcut, useShortcuts } from '../page/shortcuts.ts';
import { nameOnAlert } from '../widgets/name-on-alert.ts';
import { FaultBanner } from './fault-banner.tsx';
import { lazyPage } from './lazy-page.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { TopBar } from './top-bar.tsx';
import { Tour } from './tour.tsx';

const pages: Record<PageName, ComponentType<PageProps>> = {
  wall: WallPage,
  camera: lazyPage(() => import('../cameras/camera-page.tsx')),
  calibration: lazyPage(() => import('../calibration/calibration-page.tsx')),
  assessment: lazyPage(() => import('../assessment/assessment-page.tsx')),
  profile: lazyPage(() => import('../profile/profile-page.tsx')),
  cameras: lazyPage(() => import('../camera-setup/cameras-page.tsx')),
  alerts: lazyPage(() => import('../alerts/alerts-page.tsx')),
  shift: lazyPage(() => import('../shifts/shift-page.tsx')),
  sites: lazyPage(() => import('../sites/sites-page.tsx')),
  watchlists: lazyPage(() => import('../watchlists/watchlists-page.tsx')),
  learning: lazyPage(() => import('../learning/learning-page.tsx')),
  search: lazyPage(() => import('../search/search-page.tsx')),
  footage: lazyPage(() => import('../footage/footage-page.tsx')),
  review: lazyPage(() => import('../review/review-page.tsx')),
  system: lazyPage(() => import('../system/system-page.tsx')),
  users: lazyPage(() => import('../users/users-page.tsx')),
  account: lazyPage(() => import('../users/account-page.tsx')),
};

export interface ControlRoomProps {
  readonly onSignOut: () => void;
}

/** All pages, behind one bar. */
export function ControlRoom({ onSignOut }: ControlRoomProps) {
  const dashboard = useDashboard();
  const route = useRoute();
  const [help, setHelp] = useState(false);
  useShortcuts('shell.shortcutsEverywhere', [
    { keys: '?', label: 'shell.shortcutHelp', run: () => setHelp(true) },
    ...destinationsOf(dashboard.session).map(
      ({ page, key }): Shortcut => ({
        keys: `g ${key}`,
        label: `shell.goTo_${page}`,
        run: () => go(href(page)),
      }),
    ),
    { keys: 'g z', label: 'shell.shortcutLanguage', run: nextLanguage },
  ]);
  const fresh = dashboard.alerts.value?.filter(({ state }) => state === 'new').length ?? 0;
  const title = pageTitle.value;
  useEffect(() => {
    document.title = `${fresh > 0 ? `(${fresh}) ` : ''}${title} · Nightglass`;
  }, [fresh, title]);
  const Shown = pages[route.page];
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {t('shell.skip')}
      </button>
      <TopBar route={route} fresh={fresh} onHelp={() => setHelp(true)} onSignOut={onSignOut} />
      <FaultBanner />
      <main id="main" tabIndex={-1} data-page={route.page}>
        {mayVisit(dashboard.session, route.page) ? (
          <Shown route={route} />
        ) : (
          <p class="empty">{t('shell.notAllowed')}</p>
        )}
      </main>
      <Announcement />
      {dashboard.session.open && <Tour />}
      {help && <ShortcutsDialog onClose={() => setHelp(false)} />}
    </>
  );
}

function nextLanguage(): void {
  const at = languages.indexOf(language.value);
  language.value = languages[(at + 1) % languages.length] ?? 'en';
}

/** Tells screen readers of a new alert, on whatever page. */
function Announcement() {
  const dashboard = useDashboard();
  const latest = dashboard.latest.value;
  return (
    <p class="visually-hidden" aria-live="assertive">
      {latest === null
        ? ''
        : t('alerts.announcement', {
            name: nameOnAlert(latest),
            camera: dashboard.cameraName(latest.cameraId),
          })}
    </p>
  );
}

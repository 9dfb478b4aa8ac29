import { useEffect, useState } from 'preact/hooks';
import { AlertRail } from '../alerts/alert-rail.tsx';
import { DisarmedCount } from '../arming/disarmed-count.tsx';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { mayAs } from '../page/navigation.tsx';
import { Page } from '../page/page.tsx';
import { href } from '../page/route.ts';
import { useShortcuts } from '../page/shortcuts.ts';
import { HealthStrip } from '../widgets/health-strip.tsx';
import { CameraGrid } from './camera-grid.tsx';
import { CameraTile } from './camera-tile.tsx';
import { useLoadGovernor } from './use-load-governor.ts';
import { fittingSize, type WallSize, wallPage, wallSizes } from './wall-pages.ts';
import './wall.css';

const sizeKey = 'nightglass.wallSize';

/** All cameras live, so many at once as the visitor chose. */
export function WallPage() {
  const dashboard = useDashboard();
  const cameras = dashboard.cameras.value;
  const connected = dashboard.connection.value === 'live';
  const [chosen, setChosen] = useState(storedSize);
  const [wanted, setWanted] = useState(0);
  const { governor, reduced } = useLoadGovernor();
  const count = cameras?.length ?? 0;
  const size = chosen ?? fittingSize(count);
  const { page, pages, from, to, places } = wallPage(count, size, wanted);
  const shown = cameras?.slice(from, to) ?? [];
  const live = cameras?.filter(({ status }) => status.state === 'live').length ?? 0;
  const slow = shown.filter(({ id }) => reduced.includes(id)).length;
  const choose = (next: WallSize) => {
    setChosen(next);
    // The camera at the top left stays on the wall.
    setWanted(Math.floor(from / next));
  };
  useEffect(() => {
    if (chosen !== undefined) localStorage.setItem(sizeKey, String(chosen));
  }, [chosen]);
  useShortcuts('wall.title', [
    { keys: '1', label: 'wall.shortcut1', run: () => choose(1) },
    { keys: '4', label: 'wall.shortcut4', run: () => choose(4) },
    { keys: '9', label: 'wall.shortcut9', run: () => choose(9) },
    { keys: '6', label: 'wall.shortcut16', run: () => choose(16) },
    { keys: '[', label: 'wall.previousPage', run: () => setWanted(Math.max(0, page - 1)) },
    { keys: ']', label: 'wall.nextPage', run: () => setWanted(Math.min(pages - 1, page + 1)) },
    { keys: 'f', label: 'wall.fullScreen', run: toggleFullScreen },
  ]);
  const tools = (
    <>
      {cameras !== null && connected && (
        <span class="muted">{t('wall.liveCount', { live, count })}</span>
      )}
      <DisarmedCount />
      <HealthStrip />
      <SizeSwitch size={size} onChoose={choose} />
      {pages > 1 && <Pager page={page} pages={pages} onPage={setWanted} />}
    </>
  );
  return (
    <div class="room">
      <Page title={t('wall.title')} tools={tools}>
        {slow > 0 && (
          <p class="wall-slow" role="status">
            {t('wall.reduced', { slow, shown: shown.length })}
          </p>
        )}
        {cameras === null ? (
          <p class="empty">{t('wall.loading')}</p>
        ) : count === 0 ? (
          <p class="empty">
            <strong>{t('wall.none')}</strong>{' '}
            {mayAs(dashboard.session, 'admin') ? (
              <a href={href('cameras')}>{t('wall.addFirst')}</a>
            ) : (
              t('wall.noneHint')
            )}
          </p>
        ) : (
          <CameraGrid places={places}>
            {shown.map((camera) => (
              <CameraTile
                key={camera.id}
                camera={camera}
                governor={governor}
                reduced={reduced.includes(camera.id)}
              />
            ))}
          </CameraGrid>
        )}
      </Page>
      {mayAs(dashboard.session, 'operator') && <AlertRail />}
    </div>
  );
}

function SizeSwitch({ size, onChoose }: { size: WallSize; onChoose: (size: WallSize) => void }) {
  return (
    <fieldset class="switch">
      <legend class="visually-hidden">{t('wall.size')}</legend>
      {wallSizes.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === size}
          aria-label={t('wall.sizeOf', { count: each })}
          onClick={() => onChoose(each)}
        >
          {each}
        </button>
      ))}
    </fieldset>
  );
}

interface PagerProps {
  readonly page: number;
  readonly pages: number;
  readonly onPage: (page: number) => void;
}

function Pager({ page, pages, onPage }: PagerProps) {
  return (
    <nav class="pager" aria-label={t('wall.pages')}>
      <Button
        aria-label={t('wall.previousPage')}
        disabled={page === 0}
        onClick={() => onPage(page - 1)}
      >
        ‹
      </Button>
      <span aria-live="polite">{t('wall.pageOf', { page: page + 1, pages })}</span>
      <Button
        aria-label={t('wall.nextPage')}
        disabled={page === pages - 1}
        onClick={() => onPage(page + 1)}
      >
        ›
      </Button>
    </nav>
  );
}

function storedSize(): WallSize | undefined {
  const stored = Number(localStorage.getItem(sizeKey));
  return wallSizes.find((size) => size === stored);
}

function toggleFullScreen(): void {
  // A browser may refuse; then everything stays as it is.
  if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
  else void document.documentElement.requestFullscreen().catch(() => undefined);
}

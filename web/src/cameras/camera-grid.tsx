import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Dashboard } from '../live/dashboard.ts';
import { useStore } from '../live/store.ts';
import { CameraTile } from './camera-tile.tsx';
import { type GridLayout, gridLayout } from './grid-layout.ts';

/** All cameras that this visitor may see. */
export function CameraGrid({ dashboard }: { dashboard: Dashboard }) {
  const cameras = useStore(dashboard.cameras);
  const connected = useStore(dashboard.connection) === 'live';
  const live = cameras?.filter(({ status }) => status.state === 'live').length ?? 0;
  return (
    <section class="cameras" aria-labelledby="cameras-title">
      <header class="section-head">
        <h2 id="cameras-title">Cameras</h2>
        {cameras !== null && connected && (
          <span class="muted">
            {live} of {cameras.length} live
          </span>
        )}
        <BoxDelay dashboard={dashboard} />
      </header>
      {cameras === null ? (
        <p class="empty">Loading cameras…</p>
      ) : cameras.length === 0 ? (
        <p class="empty">
          <strong>No cameras yet.</strong> Name them in the configuration file, then reload it.
        </p>
      ) : (
        <Grid count={cameras.length}>
          {cameras.map((camera) => (
            <CameraTile key={camera.id} dashboard={dashboard} camera={camera} />
          ))}
        </Grid>
      )}
    </section>
  );
}

const gap = 10;

/** Makes the tiles as large as the room allows. */
function Grid({ count, children }: { count: number; children: ComponentChildren }) {
  const room = useRef<HTMLDivElement>(null);
  const [layout, setLayout] = useState<GridLayout>();
  useEffect(() => {
    const element = room.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      // On a narrow screen the page scrolls, and the height follows from the width.
      const scrolls = getComputedStyle(element).overflowY === 'visible';
      const height = scrolls ? Number.POSITIVE_INFINITY : element.clientHeight;
      setLayout(gridLayout(count, element.clientWidth, height, gap));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [count]);
  const style = layout && {
    gap: `${gap}px`,
    gridTemplateColumns: `repeat(${layout.columns}, ${layout.width}px)`,
  };
  return (
    <div ref={room} class="grid-room">
      <div class="grid" style={style}>
        {children}
      </div>
    </div>
  );
}

/** Boxes follow the video's own times; what those cannot tell is set by hand. */
function BoxDelay({ dashboard }: { dashboard: Dashboard }) {
  const delay = useStore(dashboard.boxDelay);
  return (
    <label class="delay" title="Boxes are drawn this much later than measured">
      Box delay
      <input
        type="range"
        min="-500"
        max="1000"
        step="20"
        value={delay}
        onInput={(event) => dashboard.boxDelay.set(Number(event.currentTarget.value))}
      />
      <output>
        {delay === 0 ? 'auto' : `auto ${delay > 0 ? '+' : '−'} ${Math.abs(delay)} ms`}
      </output>
    </label>
  );
}

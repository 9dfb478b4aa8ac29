import { useEffect, useState } from 'preact/hooks';
import { useDashboard } from '../live/dashboard-context.ts';
import { LoadGovernor } from './video/load-governor.ts';

const stepMs = 1_000;

export interface Governed {
  readonly governor: LoadGovernor;
  /** Ids of the cameras that show key pictures only. */
  readonly reduced: readonly string[];
}

/** Watches how the wall keeps up and takes load off it where it does not. */
export function useLoadGovernor(): Governed {
  const dashboard = useDashboard();
  const [governor] = useState(
    () =>
      new LoadGovernor((cameraId) => {
        const alerts = dashboard.alerts.value ?? [];
        const open = alerts.filter(
          (alert) => alert.cameraId === cameraId && alert.state === 'new',
        ).length;
        return open * 100 + dashboard.detections(cameraId).faces;
      }),
  );
  const [reduced, setReduced] = useState<readonly string[]>([]);
  useEffect(() => {
    let frames = 0;
    let last = performance.now();
    let frame = requestAnimationFrame(function count() {
      frames += 1;
      frame = requestAnimationFrame(count);
    });
    // A tab in the background is not drawn, and says nothing of the second in which it was.
    let hidden = document.hidden;
    const changed = () => {
      hidden = true;
    };
    document.addEventListener('visibilitychange', changed);
    const timer = setInterval(() => {
      const now = performance.now();
      const elapsed = now - last;
      const rate = (frames * 1000) / elapsed;
      last = now;
      frames = 0;
      const seen = !hidden;
      hidden = document.hidden;
      if (seen && governor.step(rate)) setReduced(governor.reduced);
    }, stepMs);
    return () => {
      cancelAnimationFrame(frame);
      clearInterval(timer);
      document.removeEventListener('visibilitychange', changed);
    };
  }, [governor]);
  return { governor, reduced };
}

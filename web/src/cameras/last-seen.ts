import type { Dashboard } from '../live/dashboard.ts';

/**
 * When the newest picture of a camera, shown or analysed, came to this page,
 * as `performance.now()` counts; undefined before the first.
 */
export function lastSeen(dashboard: Dashboard, cameraId: string): number | undefined {
  const shown = dashboard.videoClock(cameraId).shownAt;
  const analysed = dashboard.detections(cameraId).arrivedAt;
  if (shown === undefined) return analysed;
  return analysed === undefined ? shown : Math.max(shown, analysed);
}

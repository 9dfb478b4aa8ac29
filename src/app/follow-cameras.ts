import type { Logger } from 'pino';
import type { Clock } from '../domain/clock.ts';
import type { CameraActivity } from '../telemetry/camera-activity.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { RecentLatencies } from '../telemetry/recent-latencies.ts';
import type { AnalysisFaults } from './analysis-faults.ts';
import type { CameraSetOptions } from './camera-set.ts';
import type { LiveEvents } from './live-events.ts';
import { logCameraState } from './log-camera-state.ts';
import type { Clips } from './open-clips.ts';
import type { Traces } from './open-traces.ts';
import { alertLatency } from './system-report.ts';

/** What is told of cameras and of the alerts that they raise: measured and logged. */
export function followCameras(from: {
  readonly metrics: Pick<Metrics, 'cameras' | 'faces' | 'expectCamera' | 'forgetCamera'>;
  readonly activity: CameraActivity;
  readonly faults: Pick<AnalysisFaults, 'forget'>;
  readonly latencies: RecentLatencies;
  readonly live: LiveEvents;
  readonly traces: Traces | null;
  readonly clips: Pick<Clips, 'raised'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'error'>;
}): Pick<CameraSetOptions, 'onStatus' | 'onRaised' | 'onGone' | 'onFault'> {
  const { metrics, activity, faults, latencies, live, traces, clips, clock, log } = from;
  return {
    onStatus(status, before) {
      if (before === undefined) metrics.expectCamera(status.cameraId);
      metrics.cameras.status(status);
      const again = status.reconnects - (before?.reconnects ?? 0);
      if (again > 0) {
        metrics.cameras.reconnect(status.cameraId, (status.reason ?? before?.reason)?.code);
      }
      if (status.state !== before?.state) logCameraState(log, status);
      live.status$.next(status);
    },
    onRaised(raised) {
      const { alert, change, capturedMonotonic, cause } = raised;
      if (change === 'updated') return;
      // The picture of a person enrolled while in view is older than the wish to be alerted.
      const latency =
        cause === 'lists' ? undefined : (clock.monotonic() - capturedMonotonic) / 1000;
      const { id: alertId, watchlistId } = alert;
      const sighting = change === 'sighted' ? alert.sightings.at(-1) : undefined;
      const { cameraId } = sighting ?? alert;
      if (sighting === undefined) metrics.faces.alert(watchlistId, latency);
      else metrics.faces.sighting(watchlistId, latency);
      if (latency !== undefined) latencies.observe(alertLatency, latency);
      traces?.alert(cameraId, capturedMonotonic, { alertId, watchlistId });
      const what = sighting === undefined ? 'Alert' : 'Seen again';
      log.info({ alertId, cameraId, watchlistId, latency }, what);
      clips.raised(raised);
    },
    onGone(cameraId) {
      live.gone$.next(cameraId);
      live.forget(cameraId);
      activity.forget(cameraId);
      faults.forget(cameraId);
      metrics.forgetCamera(cameraId);
    },
    onFault(cameraId, error) {
      // The tracks of the analysis that failed will not be reported as ended.
      live.forget(cameraId);
      log.error({ cameraId, err: error }, 'Analysis of this camera failed and starts again');
    },
  };
}

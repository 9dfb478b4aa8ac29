import type { Observable } from 'rxjs';
import type { AlertEvent } from '../../domain/alert-event.ts';
import type { Awaitable } from '../../domain/awaitable.ts';
import type { CameraStatus } from '../../domain/camera-status.ts';
import type { DetectionEvent, EmbeddingEvent, TrackEvent } from '../../domain/live-events.ts';
import type { AlertsBackend } from '../../services/alerts/alerts-service.ts';
import type { StatisticsBackend } from '../../services/alerts/statistics-service.ts';
import type { AuditBackend } from '../../services/audit/audit-service.ts';
import type { CamerasBackend, PreviewBackend } from '../../services/cameras/cameras-service.ts';
import type { ArchivesBackend } from '../../services/enrolment/archives-service.ts';
import type { PeopleBackend } from '../../services/enrolment/people-service.ts';
import type { CalibrationBackend } from '../../services/search/calibration-service.ts';
import type { SearchBackend } from '../../services/search/search-service.ts';
import type { HealthReport } from '../../services/system/health.ts';
import type { SystemBackend } from '../../services/system/system.ts';
import type { WatchlistsBackend } from '../../services/watchlists/watchlists-service.ts';

/**
 * Everything that the gateway needs of the rest. Observables are hot and never
 * replay: what a client missed it gets through `alerts.since` and `cameras.list`.
 */
export interface GatewayBackend {
  readonly detections$: Observable<DetectionEvent>;
  readonly tracks$: Observable<TrackEvent>;
  readonly embeddings$: Observable<EmbeddingEvent>;
  /** Emits after the alert was stored. */
  readonly alerts$: Observable<AlertEvent>;
  readonly status$: Observable<CameraStatus>;
  readonly alerts: AlertsBackend;
  readonly watchlists: WatchlistsBackend;
  readonly people: PeopleBackend;
  readonly cameras: CamerasBackend;
  readonly preview: PreviewBackend;
  readonly audit: AuditBackend;
  readonly archives: ArchivesBackend;
  readonly statistics: StatisticsBackend;
  readonly calibration: CalibrationBackend;
  readonly system: SystemBackend;
  health(): Awaitable<HealthReport>;
  /** Prometheus text format. */
  metrics(): Promise<string>;
  readonly search: SearchBackend;
}

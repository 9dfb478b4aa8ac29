import type { Observable } from 'rxjs';
import type { CameraStatus } from '../streams/camera-status.ts';
import type { AlertEvent, AlertsBackend } from './backend/alerts.ts';
import type { ArchivesBackend } from './backend/archives.ts';
import type { AuditBackend } from './backend/audit.ts';
import type { Awaitable } from './backend/awaitable.ts';
import type { CamerasBackend, PreviewBackend } from './backend/cameras.ts';
import type { DetectionEvent, EmbeddingEvent, TrackEvent } from './backend/events.ts';
import type { HealthReport } from './backend/health.ts';
import type { PeopleBackend } from './backend/people.ts';
import type { SearchedFace, SearchRequest } from './backend/search.ts';
import type { StatisticsBackend } from './backend/statistics.ts';
import type { SystemBackend } from './backend/system.ts';
import type { WatchlistsBackend } from './backend/watchlists.ts';
import type { ChangeChecks } from './change-checks.ts';

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
  readonly checks: ChangeChecks;
  readonly cameras: CamerasBackend;
  readonly preview: PreviewBackend;
  readonly audit: AuditBackend;
  readonly archives: ArchivesBackend;
  readonly statistics: StatisticsBackend;
  readonly system: SystemBackend;
  health(): Awaitable<HealthReport>;
  /** Prometheus text format. */
  metrics(): Promise<string>;
  /** @throws NightglassError `IMAGE_*`, `NO_FACE`, `INFERENCE_*` */
  search(request: SearchRequest): Promise<readonly SearchedFace[]>;
}

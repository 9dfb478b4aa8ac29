import type { Observable } from 'rxjs';
import type { AlertEvent } from '../../domain/alert-event.ts';
import type { ArmingChange } from '../../domain/arming.ts';
import type { Awaitable } from '../../domain/awaitable.ts';
import type { CameraStatus } from '../../domain/camera-status.ts';
import type { DetectionEvent, EmbeddingEvent, TrackEvent } from '../../domain/live-events.ts';
import type { SiteAlertChange } from '../../domain/site-alert.ts';
import type { AccountStore } from '../../services/access/account-store.ts';
import type { SecondFactors } from '../../services/access/factors/second-factors.ts';
import type { TokenStore } from '../../services/access/tokens.ts';
import type { AlertsService } from '../../services/alerts/alerts-service.ts';
import type { LookAlikesService } from '../../services/alerts/look-alikes-service.ts';
import type { StatisticsService } from '../../services/alerts/statistics-service.ts';
import type { ArmingService } from '../../services/arming/arming-service.ts';
import type { AuditService } from '../../services/audit/audit-service.ts';
import type { AssessmentsService } from '../../services/cameras/assessments.ts';
import type { CameraSetupService } from '../../services/cameras/camera-setup-service.ts';
import type { CamerasService, PreviewService } from '../../services/cameras/cameras-service.ts';
import type { DriftService } from '../../services/cameras/drift-watch.ts';
import type { NoiseProfilesService } from '../../services/cameras/noise-profiles.ts';
import type { OnvifService } from '../../services/cameras/onvif-service.ts';
import type { ArchivesService } from '../../services/enrolment/archives-service.ts';
import type { PeopleService } from '../../services/enrolment/people-service.ts';
import type { EvidenceService } from '../../services/evidence/evidence-service.ts';
import type {
  SubjectOrder,
  SubjectService,
} from '../../services/evidence/subject/subject-service.ts';
import type { ListSitesService } from '../../services/federation/list-sites-service.ts';
import type { SiteAlertsService } from '../../services/federation/site-alerts-service.ts';
import type { FootageService } from '../../services/footage/footage-service.ts';
import type { LearningService } from '../../services/learning/learning-service.ts';
import type { SampleOrder } from '../../services/learning/samples-archive.ts';
import type { ReceiversService } from '../../services/outbox/receivers-service.ts';
import type { PushService } from '../../services/push/push-service.ts';
import type { CalibrationService } from '../../services/search/calibration-service.ts';
import type { SearchService } from '../../services/search/search-service.ts';
import type { ShadowService } from '../../services/shadow/shadow-report.ts';
import type { HandOverService } from '../../services/shifts/hand-over-service.ts';
import type { HealthReport } from '../../services/system/health.ts';
import type { SystemService } from '../../services/system/system.ts';
import type { WatchlistsService } from '../../services/watchlists/watchlists-service.ts';

/**
 * Everything that the gateway needs of the rest. Observables are hot and never
 * replay: what a client missed it gets through `alerts.since` and `cameras.list`.
 */
export interface GatewayServices {
  readonly detections$: Observable<DetectionEvent>;
  readonly tracks$: Observable<TrackEvent>;
  readonly embeddings$: Observable<EmbeddingEvent>;
  /** Emits after the alert was stored. */
  readonly alerts$: Observable<AlertEvent>;
  readonly status$: Observable<CameraStatus>;
  /** Accounts of people. */
  readonly accounts: Pick<
    AccountStore,
    | ('list' | 'get' | 'displayName' | 'invite' | 'change' | 'remove')
    | ('link' | 'openLink' | 'acceptLink' | 'changePassword')
    | ('confirmPassword' | 'entered')
  >;
  /** Second factors of accounts. */
  readonly factors: SecondFactors;
  /** Tokens of programs. */
  readonly tokens: Pick<TokenStore, 'list' | 'create' | 'revoke'>;
  /** What was armed or disarmed. */
  readonly arming$: Observable<ArmingChange>;
  readonly arming: Pick<ArmingService, 'list' | 'order' | 'release'>;
  readonly alerts: AlertsService;
  readonly watchlists: WatchlistsService;
  readonly federation: ListSitesService;
  readonly siteAlerts: SiteAlertsService;
  /** Emits after the change was stored. */
  readonly siteAlerts$: Observable<SiteAlertChange>;
  readonly people: PeopleService;
  readonly lookAlikes: LookAlikesService;
  readonly handOvers: HandOverService;
  readonly cameras: CamerasService;
  readonly cameraSetup: CameraSetupService;
  readonly onvif: OnvifService;
  readonly preview: PreviewService;
  readonly audit: AuditService;
  readonly archives: ArchivesService;
  readonly evidence: EvidenceService<SubjectOrder | SampleOrder>;
  readonly learning: LearningService;
  readonly subject: SubjectService;
  readonly footage: FootageService;
  readonly statistics: StatisticsService;
  readonly calibration: CalibrationService;
  readonly assessments: AssessmentsService;
  readonly profiles: NoiseProfilesService;
  readonly drift: DriftService;
  readonly receivers: ReceiversService;
  readonly push: PushService;
  readonly system: SystemService;
  readonly shadow: ShadowService;
  health(): Awaitable<HealthReport>;
  /** Prometheus text format. */
  metrics(): Promise<string>;
  readonly search: SearchService;
}

import type { Observable } from 'rxjs';
import type { Alert, AlertState, EvidenceKind } from '../alerts/alert.ts';
import type { Box } from '../geometry/box.ts';
import type { Landmarks } from '../geometry/landmarks.ts';
import type { QualityVerdict } from '../quality/quality.ts';
import type { CameraStatus } from '../streams/camera-status.ts';

/** A value now or later: stores answer at once, inference does not. */
export type Awaitable<T> = T | Promise<T>;

/** A face of a frame as it goes over the wire, in the frame's pixels. */
export interface ObservedFace {
  readonly box: Box;
  readonly landmarks: Landmarks;
  /** The detector's confidence, 0..1. */
  readonly score: number;
  readonly trackId: string | null;
  /** Unified quality, 0..100; null when it was not graded. */
  readonly quality: number | null;
  readonly verdict: QualityVerdict | null;
}

/** The faces of one analysed frame; sent also when there are none, so that boxes vanish. */
export interface DetectionEvent {
  readonly cameraId: string;
  readonly sequence: number;
  /** Wall time of capture, milliseconds. */
  readonly capturedAt: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly faces: readonly ObservedFace[];
}

export interface TrackEvent {
  readonly cameraId: string;
  readonly trackId: string;
  readonly phase: 'started' | 'ended';
  /** Wall times of the first and the latest detection, milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly hits: number;
}

/** The pooled template of a track. Biometric data: leaves only towards `embeddings:read`. */
export interface EmbeddingEvent {
  readonly cameraId: string;
  readonly trackId: string;
  readonly sequence: number;
  readonly capturedAt: number;
  readonly model: string;
  /** L2-normalised, all of the model's dimension. */
  readonly fused: Float32Array;
  readonly raw: Float32Array;
  readonly enhanced: Float32Array | null;
  /** Keyframes pooled so far. */
  readonly keyframes: number;
  /** Mean weight of the raw embedding, 0..1. */
  readonly meanGate: number;
  /** Unified quality of the latest keyframe, 0..100. */
  readonly quality: number;
}

export interface AlertEvent {
  readonly change: 'created' | 'updated';
  readonly alert: Alert;
}

export interface AlertQuery {
  readonly state?: AlertState;
  readonly watchlistId?: string;
  readonly personId?: string;
  /** Only these cameras; absent means all. An empty list gives nothing. */
  readonly cameraIds?: readonly string[];
  /** Wall milliseconds of creation, `from` inclusive, `to` exclusive. */
  readonly from?: number;
  readonly to?: number;
  /** Only alerts with an id below this one: the cursor of the next page. */
  readonly before?: string;
  /** 1..200. */
  readonly limit: number;
}

export type ReviewDecision = 'acknowledge' | 'confirm' | 'dismiss' | 'escalate';

export interface ReviewRequest {
  readonly alertId: string;
  readonly decision: ReviewDecision;
  /** Why; always present for `dismiss`. */
  readonly reason?: string;
  /** Name of the reviewer's token. */
  readonly by: string;
  /** The revision that the reviewer saw; a store that has moved on answers `CONFLICT`. */
  readonly revision?: number;
}

export interface ReviewRecord {
  readonly decision: ReviewDecision;
  readonly by: string;
  readonly at: number;
  readonly reason?: string;
}

/** Stored alerts, and those that live in memory alone while the data folder is not writable. */
export interface AlertsBackend {
  /** Newest first. */
  list(query: AlertQuery): Awaitable<readonly Alert[]>;
  get(id: string): Awaitable<Alert | undefined>;
  reviews(id: string): Awaitable<readonly ReviewRecord[]>;
  /** Alerts with an id above `id`, oldest first, at most `limit`, in their present revision. */
  since(id: string, limit: number): Awaitable<readonly Alert[]>;
  /** JPEG, or undefined when the alert has no such picture. */
  evidence(id: string, kind: EvidenceKind): Awaitable<Uint8Array | undefined>;
  /** @throws NightglassError `NOT_FOUND`, `CONFLICT`, `STORE_UNWRITABLE` */
  review(request: ReviewRequest): Awaitable<Alert>;
}

export interface WatchlistSettings {
  readonly name: string;
  readonly purpose: string;
  readonly legalBasis: string;
  /** Who allowed it: a file number, a warrant. */
  readonly authorisation: string;
  readonly owner: string;
  /** Cameras on which it may run; `["*"]` is all. */
  readonly cameras: readonly string[];
  /** False positive identification rate to hold, above 0, at most 0.1. */
  readonly fpir: number;
  /** Wall milliseconds; matching stops then. */
  readonly expiresAt: number;
  /** Days that its alerts are kept. */
  readonly retentionDays: number;
  /** True when a second reviewer must agree. */
  readonly twoReviewers: boolean;
}

export interface WatchlistView extends WatchlistSettings {
  readonly id: string;
  readonly people: number;
  readonly createdAt: number;
}

export interface WatchlistsBackend {
  list(): Awaitable<readonly WatchlistView[]>;
  get(id: string): Awaitable<WatchlistView | undefined>;
  create(settings: WatchlistSettings): Awaitable<WatchlistView>;
  /** @throws NightglassError `NOT_FOUND` */
  update(id: string, changes: Partial<WatchlistSettings>): Awaitable<WatchlistView>;
  /** Removes the list with its people. @throws NightglassError `NOT_FOUND` */
  remove(id: string): Awaitable<void>;
}

export interface EnrolledImageView {
  readonly templateId: string;
  /** Unified quality, 0..100. */
  readonly quality: number;
  readonly createdAt: number;
  /** True when it is unlike the person's other images. */
  readonly outlier: boolean;
}

export interface PersonView {
  readonly id: string;
  readonly watchlistId: string;
  readonly name: string;
  readonly note: string;
  readonly createdAt: number;
  readonly images: readonly EnrolledImageView[];
}

export interface UploadedImage {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/** What became of one uploaded image. */
export interface EnrolOutcome {
  readonly fileName: string;
  readonly accepted: boolean;
  readonly templateId: string | null;
  /** Unified quality, 0..100; null when no face was found. */
  readonly quality: number | null;
  /** Error code and sentence when refused. */
  readonly refusal: { readonly code: string; readonly message: string } | null;
  /** What a person should look at: `duplicate`, `outlier`, `similar-person`. */
  readonly warnings: readonly string[];
}

export interface PeopleBackend {
  list(watchlistId?: string): Awaitable<readonly PersonView[]>;
  get(id: string): Awaitable<PersonView | undefined>;
  /** @throws NightglassError `NOT_FOUND` for an unknown list */
  create(person: { watchlistId: string; name: string; note: string }): Awaitable<PersonView>;
  /** @throws NightglassError `NOT_FOUND` */
  remove(id: string): Awaitable<void>;
  /** One outcome an image, in their order. @throws NightglassError `NOT_FOUND`, `INFERENCE_*` */
  enrol(id: string, images: readonly UploadedImage[]): Awaitable<readonly EnrolOutcome[]>;
  /** The stored picture, JPEG. */
  image(id: string, templateId: string): Awaitable<Uint8Array | undefined>;
  /** @throws NightglassError `NOT_FOUND` */
  removeImage(id: string, templateId: string): Awaitable<void>;
}

export interface CameraView {
  readonly id: string;
  readonly name: string;
  readonly status: CameraStatus;
  readonly preview: boolean;
  /** How far the preview picture trails capture, milliseconds, where it is known. */
  readonly previewLagMs?: number;
}

export interface CamerasBackend {
  list(): Awaitable<readonly CameraView[]>;
  /** Reads cameras and watchlists of the configuration again. @throws NightglassError `CONFIG_*` */
  reload(): Awaitable<{ added: readonly string[]; changed: readonly string[]; removed: readonly string[] }>;
}

/** Receives MPEG-TS of one camera until it stops or the stream ends. */
export interface PreviewBackend {
  /**
   * @param onChunk gets MPEG-TS bytes; must not keep them waiting
   * @param onEnd is called at most once, with the reason when the stream failed
   * @returns stops watching; idempotent
   * @throws NightglassError `NOT_FOUND`, `PREVIEW_UNAVAILABLE`
   */
  watch(
    cameraId: string,
    onChunk: (chunk: Uint8Array) => void,
    onEnd: (error?: unknown) => void,
  ): Awaitable<() => void>;
}

export interface HealthReport {
  /** `failing` makes `/healthz` answer 503. */
  readonly status: 'ok' | 'degraded' | 'failing';
  readonly ready: boolean;
  /** What is wrong, for people; empty when `ok`. */
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  readonly uptimeSeconds: number;
  readonly providers: readonly {
    readonly model: string;
    readonly task: string;
    /** The execution provider that really runs it. */
    readonly provider: string;
    readonly requested: string;
    readonly precision: string;
  }[];
  readonly store: { readonly writable: boolean; readonly message?: string };
  /** Frames dropped since the start, by reason. */
  readonly framesDropped: Readonly<Record<string, number>>;
}

export interface SearchRequest {
  readonly image: UploadedImage;
  /** Lists to search; absent means all in force. */
  readonly watchlistIds?: readonly string[];
  /** Candidates a face and list, 1..50. */
  readonly limit: number;
}

export interface SearchedFace {
  readonly box: Box;
  readonly quality: number;
  readonly verdict: QualityVerdict;
  readonly candidates: readonly {
    readonly watchlistId: string;
    readonly watchlistName: string;
    readonly personId: string;
    readonly personName: string;
    readonly templateId: string;
    readonly scores: { readonly raw: number; readonly enhanced: number | null; readonly fused: number };
    readonly threshold: number;
    readonly fpir: number;
    readonly gallerySize: number;
    readonly matched: boolean;
  }[];
}

export type AuditAction =
  | 'alert.viewed'
  | 'alert.reviewed'
  | 'embeddings.subscribed'
  | 'search.run'
  | 'watchlist.created'
  | 'watchlist.updated'
  | 'watchlist.removed'
  | 'person.created'
  | 'person.removed'
  | 'person.enrolled'
  | 'person.image_removed'
  | 'cameras.reloaded'
  | 'audit.read';

export interface AuditEntry {
  /** Name of the token, `local` without one. */
  readonly actor: string;
  readonly action: AuditAction;
  /** Id of the alert, list, person or camera concerned. */
  readonly target: string | null;
  /** Free of biometric data and of credentials. */
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditRecord extends Omit<AuditEntry, 'action'> {
  readonly sequence: number;
  readonly at: number;
  readonly action: string;
  /** Hash of this record, chained to the one before. */
  readonly hash: string;
}

export interface AuditBackend {
  /** @throws NightglassError `STORE_UNWRITABLE` */
  append(entry: AuditEntry): Awaitable<void>;
  /** Newest first, at most `limit`, with a sequence below `before` when given. */
  list(query: { limit: number; before?: number }): Awaitable<readonly AuditRecord[]>;
}

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
  health(): Awaitable<HealthReport>;
  /** Prometheus text format. */
  metrics(): Promise<string>;
  /** @throws NightglassError `IMAGE_*`, `NO_FACE`, `INFERENCE_*` */
  search(request: SearchRequest): Promise<readonly SearchedFace[]>;
}

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

type Hint = 'scores' | 'threshold' | 'fpir' | 'gallerySize' | 'meanGate' | 'quality';
/** An alert; without what hints at the machine's view where a second reviewer is to judge. */
export type ShownAlert = Omit<Alert, Hint> & Partial<Pick<Alert, Hint>>;

/** One telling of an alert, when it was stored; it goes to everybody who may see the camera. */
export interface AlertEvent {
  readonly change: 'created' | 'updated' | 'reviewed';
  readonly alert: ShownAlert;
}

export interface AlertFilter {
  readonly states?: readonly AlertState[];
  readonly watchlistId?: string;
  readonly personId?: string;
  /** Only alerts of these cameras; an empty list gives nothing. */
  readonly cameras: '*' | readonly string[];
  /** Created at or after, and before, wall milliseconds. */
  readonly from?: number;
  readonly to?: number;
  /** Only alerts older than this one: the last of the page before. */
  readonly before?: string;
  /** 1..200. */
  readonly limit: number;
}

export interface AlertFeedPage {
  readonly events: readonly AlertEvent[];
  /** Pass it as the next page's `since`. */
  readonly next: string;
  /** False on the last page. */
  readonly more: boolean;
}

export type ReviewAction = 'acknowledge' | 'confirm' | 'dismiss' | 'escalate';

export interface ReviewRequest {
  readonly action: ReviewAction;
  /** Name of the reviewer's token. */
  readonly reviewer: string;
  /** Why; always present for `dismiss`. */
  readonly reason?: string;
  /** The revision that the reviewer saw; a store that has moved on answers `CONFLICT`. */
  readonly expectedRevision?: number;
}

export interface Review {
  readonly action: ReviewAction;
  readonly reviewer: string;
  readonly reason: string;
  readonly at: number;
  readonly stateAfter: AlertState;
}

/** An alert with its reviews, as one viewer may see it. */
export interface AlertRecord {
  readonly alert: ShownAlert;
  readonly reviews: readonly Review[];
  /** Equal verdicts needed, who gave one, and whether that settled it. */
  readonly review: {
    readonly needed: 1 | 2;
    readonly voters: readonly string[];
    readonly decided: boolean;
  };
  /** True when the viewer would be the second reviewer, from whom scores are kept. */
  readonly blind: boolean;
}

/** Stored alerts, and those that live in memory alone while the data folder is not writable. */
export interface AlertsBackend {
  /** Newest first, as `viewer` (name of the token that asks) may see them. */
  list(filter: AlertFilter, viewer: string): Awaitable<readonly ShownAlert[]>;
  /** @param viewer name of the token that asks: reviews of others may be hidden from it */
  find(id: string, viewer: string): Awaitable<AlertRecord | undefined>;
  /**
   * What was told after a point, oldest first: the id of the last alert that a client saw, or
   * `next` of the page before. May repeat what the client saw, never leaves out what it did not.
   * @throws NightglassError `BAD_REQUEST` for a `since` that can be neither
   */
  since(since: string, limit: number): Awaitable<AlertFeedPage>;
  /** JPEG, or null when the alert has no such picture. */
  evidence(id: string, kind: EvidenceKind): Awaitable<Uint8Array | null>;
  /** @throws NightglassError `NOT_FOUND`, `CONFLICT`, `BAD_REQUEST`, `STORE_UNWRITABLE` */
  review(id: string, request: ReviewRequest): Awaitable<AlertRecord>;
}

export interface WatchlistInput {
  readonly name: string;
  readonly purpose: string;
  readonly legalBasis: string;
  /** Reference of the authorisation, e.g. a file number. */
  readonly authorisation: string;
  readonly owner: string;
  /** Cameras on which it may run, `'*'` for all. */
  readonly cameras: '*' | readonly string[];
  /** False positive identification rate to hold, above 0, below 1. */
  readonly fpir?: number;
  /** Cosine to use instead of what follows from `fpir`; null normally. */
  readonly fixedThreshold?: number | null;
  /** Wall milliseconds; matching stops then. Null never. */
  readonly expiresAt?: number | null;
  /** Days that its alerts are kept. */
  readonly retentionDays?: number;
  /** True when a second reviewer must agree. */
  readonly twoPersonReview?: boolean;
}

export interface WatchlistView extends Required<WatchlistInput> {
  readonly id: string;
  readonly people: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface WatchlistsBackend {
  list(): Awaitable<readonly WatchlistView[]>;
  get(id: string): Awaitable<WatchlistView | undefined>;
  create(input: WatchlistInput): Awaitable<WatchlistView>;
  /** @throws NightglassError `NOT_FOUND` */
  update(id: string, changes: Partial<WatchlistInput>): Awaitable<WatchlistView>;
  /** Removes the list with its people. @throws NightglassError `NOT_FOUND` */
  remove(id: string): Awaitable<void>;
}

export interface EnrolledImageView {
  readonly templateId: string;
  /** Unified quality, 0..100. */
  readonly quality: number;
  readonly createdAt: number;
  /** Why a person should look at it again, such as `outlier`. */
  readonly flags: readonly string[];
}

export interface PersonView {
  readonly id: string;
  readonly watchlistId: string;
  readonly name: string;
  readonly note: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly images: readonly EnrolledImageView[];
}

export interface UploadedImage {
  /** The file's name without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type EnrolWarning =
  | { readonly kind: 'several-faces'; readonly faces: number }
  | {
      readonly kind: 'possible-duplicate';
      readonly personId: string;
      readonly personName: string;
      readonly similarity: number | null;
    }
  | { readonly kind: 'outlier'; readonly similarity: number };

/** What became of one uploaded image. */
export type EnrolOutcome = { readonly name: string } & (
  | {
      readonly status: 'enrolled';
      readonly templateId: string;
      readonly quality: number;
      readonly warnings: readonly EnrolWarning[];
    }
  | { readonly status: 'known'; readonly templateId: string }
  | {
      readonly status: 'refused';
      readonly code: string;
      readonly message: string;
      readonly quality: number | null;
      readonly reasons: readonly string[];
    }
);

export interface PeoplePage {
  readonly watchlistIds: readonly string[];
  /** Id of the last person of the page before. */
  readonly after?: string;
  readonly limit: number;
}

export interface PeopleBackend {
  /** People of these lists by id, those after `after`; `limit` 1..500. */
  list(page: PeoplePage): Awaitable<readonly PersonView[]>;
  get(id: string): Awaitable<PersonView | undefined>;
  /** @throws NightglassError `NOT_FOUND` for an unknown list */
  create(person: { watchlistId: string; name: string; note: string }): Awaitable<PersonView>;
  /** @throws NightglassError `NOT_FOUND` */
  remove(id: string): Awaitable<void>;
  /** One outcome an image, in their order. @throws NightglassError `NOT_FOUND`, `INFERENCE_*` */
  enrol(id: string, images: readonly UploadedImage[]): Awaitable<readonly EnrolOutcome[]>;
  /** The stored picture, JPEG. */
  image(id: string, templateId: string): Awaitable<Uint8Array | null>;
  /** @throws NightglassError `NOT_FOUND` */
  removeImage(id: string, templateId: string): Awaitable<void>;
}

export interface CameraView {
  readonly id: string;
  readonly name: string;
  readonly status: CameraStatus;
  readonly preview: boolean;
}

export interface CamerasBackend {
  list(): Awaitable<readonly CameraView[]>;
  /** Reads cameras and watchlists of the configuration again. @throws NightglassError `CONFIG_*` */
  reload(): Awaitable<{
    added: readonly string[];
    changed: readonly string[];
    removed: readonly string[];
  }>;
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
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    /** Set when it concerns one camera: only who may see that one is told. */
    readonly cameraId?: string;
  }[];
  readonly uptimeSeconds: number;
  readonly providers: readonly {
    readonly model: string;
    readonly task: string;
    /** The execution provider that really runs it. */
    readonly provider: string;
    readonly requested: string;
    readonly precision: string;
    /** True when some of the model's operators run on the CPU beside the provider. */
    readonly partly?: boolean;
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
    readonly scores: {
      readonly raw: number;
      readonly enhanced: number | null;
      readonly fused: number;
    };
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
  readonly who: string;
  readonly what: AuditAction;
  /** Id of the alert, list, person or camera concerned; empty when none. */
  readonly target: string;
  /** Free of biometric data and of credentials. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditRecord {
  readonly sequence: number;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly target: string;
  readonly detail: unknown;
  /** Hashes of the record before and of this one: the chain. */
  readonly previous: string;
  readonly hash: string;
}

export interface AuditBackend {
  /** @throws NightglassError `STORE_UNWRITABLE` */
  append(entry: AuditEntry): Awaitable<void>;
  /** Records in order, from `after` (exclusive) on. */
  list(query: {
    limit: number;
    after?: number;
    target?: string;
  }): Awaitable<readonly AuditRecord[]>;
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

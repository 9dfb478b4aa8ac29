import type { ApiClient } from '../api/api-client.ts';
import { type Connection, EventStream } from '../api/event-stream.ts';
import type { Alert, Camera, CameraStatus, Detection, Health, Session } from '../api/wire.ts';
import { Notices } from '../notices/notices.ts';
import { DetectionBuffer } from './detection-buffer.ts';
import { mergeAlerts } from './merge-alerts.ts';
import { Store } from './store.ts';
import { VideoClock } from './video-clock.ts';

const keptAlerts = 200;
const healthEveryMs = 5_000;

/** Everything that the page shows, kept up to date while it is open. */
export class Dashboard {
  readonly api: ApiClient;
  readonly session: Session;
  readonly connection = new Store<Connection>('connecting');
  readonly cameras = new Store<readonly Camera[] | null>(null);
  /** Newest first; null before the first answer. */
  readonly alerts = new Store<readonly Alert[] | null>(null);
  /** Null when the server does not answer. */
  readonly health = new Store<Health | null | undefined>(undefined);
  /** Detections that this page was too slow for. */
  readonly dropped = new Store(0);
  /** The alert that came last while the page was open, for the announcement. */
  readonly latest = new Store<Alert | null>(null);
  /** How much later boxes are drawn than their measured moment, milliseconds. */
  readonly boxDelay = new Store(storedDelay());
  /** Sound and desktop notices. */
  readonly notices = new Notices();
  readonly #detections = new Map<string, DetectionBuffer>();
  readonly #videoClocks = new Map<string, VideoClock>();
  readonly #alertListeners = new Set<(alert: Alert) => void>();
  readonly #named: boolean;
  readonly #events: EventStream;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(api: ApiClient, session: Session) {
    this.api = api;
    this.session = session;
    // A viewer sees cameras and boxes, nobody's name.
    this.#named = session.role !== 'viewer';
    const topics = ['detections', 'status', ...(this.#named ? ['alerts'] : [])];
    this.#events = new EventStream(api, topics, {
      connection: (state) => this.connection.set(state),
      fresh: () => void this.#loadAlerts(),
      alert: (alert) => this.#live(alert),
      detection: (detection) => this.#detected(detection),
      status: (status) => this.#status(status),
      dropped: (topic, count) => {
        this.dropped.update((total) => total + count);
        if (topic === 'status') void this.#loadCameras();
      },
    });
    this.boxDelay.subscribe(() => storeDelay(this.boxDelay.value));
    void this.#loadCameras();
    void this.#checkHealth();
    this.#timer = setInterval(() => void this.#checkHealth(), healthEveryMs);
  }

  close(): void {
    clearInterval(this.#timer);
    this.notices.close();
    this.#events.close();
  }

  /** The detections of a camera. */
  detections(cameraId: string): DetectionBuffer {
    const known = this.#detections.get(cameraId);
    if (known !== undefined) return known;
    const buffer = new DetectionBuffer();
    this.#detections.set(cameraId, buffer);
    return buffer;
  }

  /** What moment the camera's video shows. */
  videoClock(cameraId: string): VideoClock {
    const known = this.#videoClocks.get(cameraId);
    if (known !== undefined) return known;
    const clock = new VideoClock();
    this.#videoClocks.set(cameraId, clock);
    return clock;
  }

  /** A camera's name for people; its id when it is gone from the configuration. */
  cameraName(cameraId: string): string {
    return this.cameras.value?.find(({ id }) => id === cameraId)?.name ?? cameraId;
  }

  /** The newest alert of a track, if it raised one. */
  alertOfTrack(cameraId: string, trackId: string): Alert | undefined {
    return this.alerts.value?.find(
      (alert) => alert.trackId === trackId && alert.cameraId === cameraId,
    );
  }

  /** Takes an alert in its present revision. */
  accept(alert: Alert): void {
    this.#acceptAll([alert]);
  }

  /** Hears of each alert as it comes or changes; returns how to stop. */
  onAlert(listener: (alert: Alert) => void): () => void {
    this.#alertListeners.add(listener);
    return () => this.#alertListeners.delete(listener);
  }

  #acceptAll(alerts: readonly Alert[]): void {
    this.alerts.update((known) => mergeAlerts(known ?? [], alerts).slice(0, keptAlerts));
    for (const listener of this.#alertListeners) {
      for (const alert of alerts) listener(alert);
    }
  }

  async #loadAlerts(): Promise<void> {
    if (!this.#named) return;
    try {
      const alerts = await this.api.alerts('limit=100');
      for (const { id } of alerts) this.#events.seen(id);
      this.#acceptAll(alerts);
    } catch {
      // Without a list the page still shows what comes; the next connection asks again.
      this.alerts.update((known) => known ?? []);
    }
  }

  async #loadCameras(): Promise<void> {
    try {
      this.cameras.set(await this.api.cameras());
    } catch {
      setTimeout(() => void this.#loadCameras(), 2_000);
    }
  }

  async #checkHealth(): Promise<void> {
    try {
      this.health.set(await this.api.health());
    } catch {
      this.health.set(null);
    }
  }

  #live(alert: Alert): void {
    const isNew = alert.state === 'new' && !this.alerts.value?.some(({ id }) => id === alert.id);
    this.accept(alert);
    if (isNew) {
      this.latest.set(alert);
      this.notices.announce(alert, this.cameraName(alert.cameraId));
    }
    // Events carry no scores where two people are to judge; the list does for whoever may see them.
    if (alert.scores === undefined) void this.#loadAlerts();
  }

  #detected(detection: Detection): void {
    this.detections(detection.cameraId).add(detection, performance.now());
  }

  #status(status: CameraStatus): void {
    const known = this.cameras.value;
    if (known !== null && !known.some(({ id }) => id === status.cameraId)) {
      void this.#loadCameras();
      return;
    }
    this.cameras.update(
      (cameras) =>
        cameras?.map((camera) =>
          camera.id === status.cameraId ? { ...camera, status } : camera,
        ) ?? null,
    );
  }
}

const delayKey = 'nightglass.boxDelay';

function storedDelay(): number {
  const stored = Number(localStorage.getItem(delayKey));
  return Number.isFinite(stored) ? stored : 0;
}

function storeDelay(delay: number): void {
  localStorage.setItem(delayKey, String(delay));
}

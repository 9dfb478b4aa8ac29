import { signal } from '@preact/signals';
import type {
  Alert,
  Arming,
  Camera,
  CameraStatus,
  Detection,
  EventWatch,
  Health,
  NightglassClient,
  Session,
  SiteAlertEvent,
  Topic,
  Watchlist,
  WatchState,
} from '../../../src/client/nightglass-client.ts';
import { Notices } from '../notices/notices.ts';
import { newestAppearance } from './appearances.ts';
import { DetectionBuffer } from './detection-buffer.ts';
import { mergeAlerts } from './merge-alerts.ts';
import { soundOf } from './priorities.ts';
import { storedNumber } from './stored-number.ts';
import { VideoClock } from './video-clock.ts';

const keptAlerts = 200;
const healthEveryMs = 5_000;
const listsEveryMs = 60_000;

/** Everything that the page shows, kept up to date while it is open. */
export class Dashboard {
  readonly client: NightglassClient;
  readonly session: Session;
  /** `lost` until the connection is back, `ended` where the session no longer holds. */
  readonly connection = signal<WatchState>('connecting');
  readonly cameras = signal<readonly Camera[] | null>(null);
  /** Newest first; null before the first answer. */
  readonly alerts = signal<readonly Alert[] | null>(null);
  /** Those that the visitor may see; empty before the first answer. */
  readonly watchlists = signal<readonly Watchlist[]>([]);
  /** Whether cameras and watchlists are armed, by {@link armingKey}. */
  readonly arming = signal<ReadonlyMap<string, Arming>>(new Map());
  /** Null when the server does not answer. */
  readonly health = signal<Health | null | undefined>(undefined);
  /** Detections that this page was too slow for. */
  readonly dropped = signal(0);
  /** The alert that came last while the page was open, for the announcement. */
  readonly latest = signal<Alert | null>(null);
  /** How much later boxes are drawn than their measured moment, milliseconds. */
  readonly boxDelay = storedNumber('nightglass.boxDelay', 0);
  /** Sound and desktop notices. */
  readonly notices = new Notices();
  readonly #detections = new Map<string, DetectionBuffer>();
  readonly #videoClocks = new Map<string, VideoClock>();
  readonly #alertListeners = new Set<(alert: Alert) => void>();
  readonly #siteAlertListeners = new Set<(event: SiteAlertEvent | null) => void>();
  readonly #named: boolean;
  readonly #watch: EventWatch;
  readonly #healthTimer: ReturnType<typeof setInterval>;
  readonly #listsTimer: ReturnType<typeof setInterval>;
  #cameraTimer: ReturnType<typeof setTimeout> | undefined;
  #listed = false;
  #closed = false;

  /** @param onEnded the session no longer holds: nothing more will come */
  constructor(client: NightglassClient, session: Session, onEnded: () => void) {
    this.client = client;
    this.session = session;
    // A viewer sees cameras and boxes, nobody's name.
    this.#named = session.role !== 'viewer';
    const topics: Topic[] = ['detections', 'status', 'arming'];
    if (this.#named) topics.push('alerts');
    if (session.sites.length > 0) topics.push('site-alerts');
    this.#watch = client.watch({
      topics,
      onState: (state) => this.#connected(state, onEnded),
      onAlert: (alert) => this.#live(alert),
      onDetection: (detection) => this.#detected(detection),
      onCamera: (status) => this.#status(status),
      onArming: (arming) => this.acceptArming(arming),
      onSiteAlert: (event) => this.#siteAlert(event),
      onDropped: (topic, count) => {
        this.dropped.value += count;
        if (topic === 'status') void this.#loadCameras();
        if (topic === 'arming') void this.#loadArming();
        if (topic === 'site-alerts') this.#siteAlert(null);
      },
    });
    void this.#loadCameras();
    void this.#checkHealth();
    this.#healthTimer = setInterval(() => void this.#checkHealth(), healthEveryMs);
    void this.loadWatchlists();
    this.#listsTimer = setInterval(() => {
      void this.loadWatchlists();
      // When a schedule changes next is no event.
      void this.#loadArming();
    }, listsEveryMs);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#healthTimer);
    clearInterval(this.#listsTimer);
    clearTimeout(this.#cameraTimer);
    this.notices.close();
    this.#watch.close();
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

  /** The newest alert of a track, if it raised or joined one. */
  alertOfTrack(cameraId: string, trackId: string): Alert | undefined {
    return this.alerts.value?.find((alert) =>
      [alert, ...alert.sightings].some(
        (each) => each.trackId === trackId && each.cameraId === cameraId,
      ),
    );
  }

  /** Takes an alert in its present revision. */
  accept(alert: Alert): void {
    this.#acceptAll([alert]);
  }

  /** Calls `listener` for each alert as it comes or changes; returns how to stop. */
  onAlert(listener: (alert: Alert) => void): () => void {
    this.#alertListeners.add(listener);
    return () => this.#alertListeners.delete(listener);
  }

  /**
   * Calls `listener` for what comes of alerts of sites, with null where something may have been
   * missed; returns how to stop.
   */
  onSiteAlert(listener: (event: SiteAlertEvent | null) => void): () => void {
    this.#siteAlertListeners.add(listener);
    return () => this.#siteAlertListeners.delete(listener);
  }

  /** Reads the lists anew; what is known stays where that fails. */
  readonly loadWatchlists = async (): Promise<void> => {
    if (!this.#named) return;
    try {
      this.watchlists.value = await this.client.watchlists();
    } catch {
      // Without them alerts stand in the order of time.
    }
  };

  #connected(state: WatchState, onEnded: () => void): void {
    if (this.#closed) return;
    // An attempt to come back is no connection yet: the fault stays on the page.
    if (state === 'connecting' && this.connection.value === 'lost') return;
    this.connection.value = state;
    if (state === 'ended') onEnded();
    // What changed while nothing was heard is not replayed.
    if (state === 'live') void this.#loadArming();
    if (state === 'live') this.#siteAlert(null);
    // What the watch does not replay because it is older; asked again where that failed.
    if (state === 'live' && !this.#listed) void this.#loadAlerts();
  }

  #siteAlert(event: SiteAlertEvent | null): void {
    for (const listener of this.#siteAlertListeners) listener(event);
  }

  #acceptAll(alerts: readonly Alert[]): void {
    this.alerts.value = mergeAlerts(this.alerts.value ?? [], alerts).slice(0, keptAlerts);
    for (const listener of this.#alertListeners) {
      for (const alert of alerts) listener(alert);
    }
  }

  async #loadAlerts(): Promise<void> {
    if (!this.#named) return;
    try {
      const { alerts } = await this.client.alerts({ limit: 100 });
      this.#listed = true;
      this.#acceptAll(alerts);
    } catch {
      // Without a list the page still shows what comes; the next connection asks again.
      this.alerts.value ??= [];
    }
  }

  /** Takes how it stands with a camera or a watchlist. */
  acceptArming(arming: Arming): void {
    this.arming.value = new Map(this.arming.value).set(armingKey(arming), arming);
  }

  async #loadArming(): Promise<void> {
    try {
      const all = await this.client.arming();
      this.arming.value = new Map(all.map((one) => [armingKey(one), one]));
    } catch {
      // What is known stays; asked again in a minute.
    }
  }

  async #loadCameras(): Promise<void> {
    clearTimeout(this.#cameraTimer);
    try {
      this.cameras.value = await this.client.cameras();
    } catch {
      if (!this.#closed) this.#cameraTimer = setTimeout(() => void this.#loadCameras(), 2_000);
    }
  }

  async #checkHealth(): Promise<void> {
    try {
      this.health.value = await this.client.health();
    } catch {
      this.health.value = null;
    }
  }

  #live(alert: Alert): void {
    const known = this.alerts.value?.find(({ id }) => id === alert.id);
    const isNew =
      known === undefined ? alert.state === 'new' : alert.sightings.length > known.sightings.length;
    this.accept(alert);
    if (isNew) {
      this.latest.value = alert;
      const sound = soundOf(alert, this.watchlists.value);
      this.notices.announce(alert, this.cameraName(newestAppearance(alert).cameraId), sound);
    }
    // Events carry no scores where two people are to judge; the list does for whoever may see them.
    if (alert.scores === undefined) void this.#loadAlerts();
  }

  #detected(detection: Detection): void {
    this.detections(detection.cameraId).add(detection, performance.now());
  }

  #status(status: CameraStatus): void {
    const cameras = this.cameras.value;
    if (cameras === null) return;
    // Stopped: paused, removed, or about to be opened with other settings.
    const known = cameras.some(({ id }) => id === status.cameraId);
    if (!known || status.state === 'stopped') {
      void this.#loadCameras();
      return;
    }
    this.cameras.value = cameras.map((camera) =>
      camera.id === status.cameraId ? { ...camera, status } : camera,
    );
  }
}

/** Names a camera or a watchlist among all that can be armed. */
export function armingKey({ kind, id }: Pick<Arming, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

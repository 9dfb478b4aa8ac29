import { Subject } from 'rxjs';
import type { AlertEvent } from '../../../src/domain/alert-event.ts';
import type { ShownAlertRecord } from '../../../src/domain/alert-record.ts';
import type { AuditRecord } from '../../../src/domain/audit-record.ts';
import type { CameraStatus } from '../../../src/domain/camera-status.ts';
import { NightglassError } from '../../../src/domain/errors.ts';
import type {
  DetectionEvent,
  EmbeddingEvent,
  TrackEvent,
} from '../../../src/domain/live-events.ts';
import type { Review } from '../../../src/domain/review.ts';
import type { UploadedImage } from '../../../src/domain/uploaded-image.ts';
import type { GatewayBackend } from '../../../src/gateway/contract/gateway-services.ts';
import type { AuditEntry } from '../../../src/services/audit/audit-service.ts';
import type { CameraView } from '../../../src/services/cameras/cameras-service.ts';
import type { ImageOutcome } from '../../../src/services/enrolment/image-outcome.ts';
import type { ImportJob } from '../../../src/services/enrolment/import-job.ts';
import type { PersonView } from '../../../src/services/enrolment/people-service.ts';
import type { SearchedFace, SearchRequest } from '../../../src/services/search/search-service.ts';
import type { HealthReport } from '../../../src/services/system/health.ts';
import type { SystemReport } from '../../../src/services/system/system.ts';
import type { WatchlistView } from '../../../src/services/watchlists/watchlists-service.ts';
import type { StatisticsFilter } from '../../../src/store/alert-statistics.ts';
import { fakeComponent, fakeImport, fakeSystem, quietCamera } from './sample-answers.ts';

const nextState = {
  acknowledge: 'acknowledged',
  confirm: 'confirmed',
  dismiss: 'dismissed',
  escalate: 'escalated',
} as const;

/** A gateway's backend in memory, for tests and for working on the dashboard. */
export class FakeBackend implements GatewayBackend {
  readonly detections$ = new Subject<DetectionEvent>();
  readonly tracks$ = new Subject<TrackEvent>();
  readonly embeddings$ = new Subject<EmbeddingEvent>();
  readonly alerts$ = new Subject<AlertEvent>();
  readonly status$ = new Subject<CameraStatus>();
  readonly feed: AlertEvent[] = [];
  readonly reviewsOf = new Map<string, Review[]>();
  readonly pictures = new Map<string, Uint8Array>();
  readonly lists = new Map<string, WatchlistView>();
  readonly persons = new Map<string, PersonView>();
  readonly audited: AuditEntry[] = [];
  readonly watchers = new Map<string, Set<(chunk: Uint8Array) => void>>();
  readonly uploads: UploadedImage[] = [];
  cameraViews: CameraView[] = [];
  readonly counted: StatisticsFilter[] = [];
  dropped: SystemReport['drops'] = [];
  auditFails = false;
  blindFor = '';
  /** Called before a page of `alerts.since` is answered. */
  beforePage: () => void | Promise<void> = () => undefined;
  /** Called when the first viewer of a camera comes; returns how to stop. */
  onWatch: (cameraId: string, send: (chunk: Uint8Array) => void) => () => void = () => () =>
    undefined;
  healthReport: HealthReport = {
    status: 'ok',
    ready: true,
    problems: [],
    uptimeSeconds: 42,
    providers: [],
    store: { writable: true },
    framesDropped: {},
  };

  /** Stores an alert, then tells of it, as the real store does. */
  raise(event: AlertEvent): void {
    this.feed.push(event);
    this.alerts$.next(event);
  }

  /** Changes a camera's status, then tells of it. */
  setStatus(status: CameraStatus): void {
    this.cameraViews = this.cameraViews.map((view) =>
      view.id === status.cameraId ? { ...view, status } : view,
    );
    this.status$.next(status);
  }

  readonly alerts: GatewayBackend['alerts'] = {
    list: ({ states, cameras, watchlists, watchlistId, before, limit }) => {
      const passing = [...this.#latest().values()]
        .filter((alert) => states === undefined || states.includes(alert.state))
        .filter((alert) => cameras === '*' || cameras.includes(alert.cameraId))
        .filter((alert) => watchlists === '*' || watchlists.includes(alert.watchlistId))
        .filter((alert) => watchlistId === undefined || alert.watchlistId === watchlistId);
      const alerts = passing
        .filter((alert) => before === undefined || alert.id < before)
        .sort((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit);
      const next = alerts.length < limit ? null : (alerts.at(-1)?.id ?? null);
      return { alerts, next, total: passing.length };
    },
    find: (id, viewer) => this.#record(id, viewer),
    since: async (since, limit) => {
      const cursor = /^seq:(\d+)$/.exec(since)?.[1];
      const found = this.feed.findIndex(({ alert }) => alert.id === since);
      const start = cursor === undefined ? found + 1 : Number(cursor);
      const events = this.feed.slice(start, start + limit);
      const more = this.feed.length > start + limit;
      await this.beforePage();
      return { events, next: `seq:${start + events.length}`, more };
    },
    evidence: (id, kind) => this.pictures.get(`${id} ${kind}`) ?? this.pictures.get(kind) ?? null,
    review: (id, { action, reviewer, reason = '', expectedRevision }) => {
      const alert = this.#latest().get(id);
      if (alert === undefined)
        throw new NightglassError('NOT_FOUND', `Cannot find the alert ${id}`);
      if (expectedRevision !== undefined && expectedRevision !== alert.revision) {
        throw new NightglassError('CONFLICT', 'Cannot review the alert: it has moved on');
      }
      const stateAfter = nextState[action];
      const at = alert.updatedAt + 1000;
      const reviews = this.reviewsOf.get(id) ?? [];
      this.reviewsOf.set(id, [...reviews, { action, reviewer, reason, at, stateAfter }]);
      const next = { ...alert, state: stateAfter, revision: alert.revision + 1, updatedAt: at };
      this.raise({ change: 'reviewed', alert: next });
      return this.#record(id, reviewer) as ShownAlertRecord;
    },
    liftStill: (id, by) => {
      const alert = this.#latest().get(id);
      if (alert === undefined)
        throw new NightglassError('NOT_FOUND', `Cannot find the alert ${id}`);
      if (alert.still === null)
        throw new NightglassError('CONFLICT', `Cannot lift the mark of the alert ${id}`);
      const still = { ...alert.still, liftedAt: alert.updatedAt + 1000, liftedBy: by };
      this.raise({ change: 'updated', alert: { ...alert, still, revision: alert.revision + 1 } });
      return this.#record(id, by) as ShownAlertRecord;
    },
  };

  readonly watchlists: GatewayBackend['watchlists'] = {
    list: () => [...this.lists.values()],
    get: (id) => this.lists.get(id),
    create: (input) => {
      const list: WatchlistView = {
        fpir: 0.001,
        fixedThreshold: null,
        expiresAt: null,
        retentionDays: 30,
        twoPersonReview: false,
        ...input,
        id: `list-${this.lists.size + 1}`,
        people: 0,
        inForce: true,
        createdAt: 1,
        updatedAt: 1,
      };
      this.lists.set(list.id, list);
      return list;
    },
    update: (id, changes) => {
      const list = { ...(this.lists.get(id) as WatchlistView), ...changes };
      this.lists.set(id, list);
      return list;
    },
    remove: (id) => {
      this.lists.delete(id);
    },
  };

  /** Refuses what is told to, as the watchlist store would. */
  refuses: (change: keyof GatewayBackend['checks']) => void = () => undefined;
  readonly checks: GatewayBackend['checks'] = {
    createWatchlist: () => this.refuses('createWatchlist'),
    updateWatchlist: () => this.refuses('updateWatchlist'),
    createPerson: () => this.refuses('createPerson'),
    updatePerson: () => this.refuses('updatePerson'),
    enrol: () => this.refuses('enrol'),
  };

  readonly people: GatewayBackend['people'] = {
    list: ({ watchlistIds, after = '', limit }) =>
      [...this.persons.values()]
        .filter(({ id, watchlistId }) => watchlistIds.includes(watchlistId) && id > after)
        .slice(0, limit),
    get: (id) => this.persons.get(id),
    create: (input) => {
      const id = `person-${this.persons.size + 1}`;
      const person = { ...input, id, createdAt: 1, updatedAt: 1, images: [] };
      this.persons.set(id, person);
      return person;
    },
    update: (id, changes) => {
      const person = { ...(this.persons.get(id) as PersonView), ...changes };
      this.persons.set(id, person);
      return person;
    },
    remove: (id) => {
      this.persons.delete(id);
    },
    grade: (images) => {
      this.uploads.push(...images);
      return images.map(({ name }) => ({
        name,
        ok: true,
        code: null,
        message: null,
        quality: 81,
        faces: 1,
        box: { x: 1, y: 2, width: 30, height: 40 },
        turned: 0,
        components: [fakeComponent],
      }));
    },
    enrol: (_id, images) => {
      this.uploads.push(...images);
      return images.map(({ name }, index): ImageOutcome => {
        if (index > 0) {
          const message = `Cannot enrol ${name}: no face was found in it`;
          return {
            name,
            status: 'refused',
            code: 'NO_FACE',
            message,
            quality: null,
            reasons: [],
            components: [],
          };
        }
        return {
          name,
          status: 'enrolled',
          templateId: 'template-1',
          quality: 81,
          components: [fakeComponent],
          turned: 0,
          warnings: [],
        };
      });
    },
    image: (_id, templateId) => this.pictures.get(templateId) ?? null,
    removeImage: () => undefined,
  };

  readonly cameras: GatewayBackend['cameras'] = {
    list: () => this.cameraViews,
    get: (id) => {
      const view = this.cameraViews.find((camera) => camera.id === id);
      return view && { ...view, ...quietCamera };
    },
    configured: () => this.cameraViews.map(({ id }) => id),
    reload: () => ({ added: [], changed: [], removed: [] }),
  };

  readonly calibration: GatewayBackend['calibration'] = {
    report: ({ cameraId, hours }) => ({ cameraId, hours, model: null, lists: [] }),
  };

  readonly preview: GatewayBackend['preview'] = {
    watch: (cameraId, onChunk) => {
      if (!this.cameraViews.some(({ id }) => id === cameraId)) {
        throw new NightglassError('NOT_FOUND', `Cannot find the camera ${cameraId}`);
      }
      const watchers = this.watchers.get(cameraId) ?? new Set();
      this.watchers.set(cameraId, watchers);
      watchers.add(onChunk);
      const stop = this.onWatch(cameraId, onChunk);
      return () => {
        watchers.delete(onChunk);
        stop();
      };
    },
  };

  readonly audit: GatewayBackend['audit'] = {
    append: (entry) => {
      if (this.auditFails) throw new NightglassError('STORE_UNWRITABLE', 'Cannot write: disk full');
      this.audited.push(entry);
    },
    list: ({ limit, after = 0, who, what }) =>
      this.#auditRecords()
        .filter(({ sequence }) => sequence > after)
        .filter((record) => who === undefined || record.who === who)
        .filter((record) => what === undefined || record.what === what)
        .slice(0, limit),
    records: async function* (this: FakeBackend) {
      yield* this.#auditRecords();
    }.bind(this),
    verifySlowly: () => ({
      ok: true,
      entries: this.audited.length,
      head: 'c'.repeat(64),
      prunedThrough: 0,
    }),
  };

  #auditRecords(): AuditRecord[] {
    return this.audited.map((entry, index) => ({
      detail: null,
      ...entry,
      sequence: index + 1,
      at: 1,
      previous: '',
      hash: 'c'.repeat(64),
    }));
  }

  readonly archives: GatewayBackend['archives'] = {
    import: (watchlistId, archive) => {
      this.uploads.push({ name: 'archive', bytes: archive });
      return this.#job(watchlistId);
    },
    job: (id) => (id === 'job-1' ? this.#job('list-1') : undefined),
    export: async function* () {
      yield new Uint8Array([80, 75]);
      yield new Uint8Array([5, 6]);
    },
  };

  readonly statistics: GatewayBackend['statistics'] = {
    report: (request) => {
      this.counted.push(request);
      return {
        total: { confirmed: 1, dismissed: 2, open: 3 },
        byCamera: [],
        byWatchlist: [],
        byQuality: [],
        scores: [],
        suggestions: [],
      };
    },
  };

  readonly system: GatewayBackend['system'] = {
    report: () => ({ ...fakeSystem, drops: this.dropped }),
    card: (model) => (model === 'detect-s' ? '# detect-s\n' : undefined),
  };

  health(): HealthReport {
    return this.healthReport;
  }

  async metrics(): Promise<string> {
    return '# HELP nightglass_fake A metric\nnightglass_fake 1\n';
  }

  async search({ image }: SearchRequest): Promise<readonly SearchedFace[]> {
    this.uploads.push(image);
    return [
      {
        box: { x: 1, y: 2, width: 3, height: 4 },
        quality: 60,
        verdict: 'accept',
        components: [fakeComponent],
        candidates: [],
      },
    ];
  }

  #job(watchlistId: string): ImportJob {
    return { ...fakeImport, watchlistId };
  }

  #latest(): Map<string, AlertEvent['alert']> {
    return new Map(this.feed.map(({ alert }) => [alert.id, alert]));
  }

  #record(id: string, viewer: string): ShownAlertRecord | undefined {
    const alert = this.#latest().get(id);
    if (alert === undefined) return undefined;
    return {
      alert,
      blind: viewer !== '' && viewer === this.blindFor,
      reviews: this.reviewsOf.get(id) ?? [],
      review: { needed: 1, voters: [], decided: false },
    };
  }
}

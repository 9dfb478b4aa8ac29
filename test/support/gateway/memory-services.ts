// Over 300 lines: one object stands in for what the gateway is given, part by part.

import { generateKeyPairSync } from 'node:crypto';
import { Subject } from 'rxjs';
import { fontFolder } from '../../../src/app/package-root.ts';
import { recognitionFigures } from '../../../src/app/recognition-figures.ts';
import type { Alert, AlertEvidence } from '../../../src/domain/alert.ts';
import type { AlertEvent } from '../../../src/domain/alert-event.ts';
import type { ArmingChange } from '../../../src/domain/arming.ts';
import { assess } from '../../../src/domain/assessment/assessment.ts';
import { nothingGathered } from '../../../src/domain/assessment/gathered.ts';
import { type AuditEntry, systemActor } from '../../../src/domain/audit-entry.ts';
import { dayMs } from '../../../src/domain/bounds.ts';
import type { CameraStatus } from '../../../src/domain/camera-status.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import type { CodedVideoSink } from '../../../src/domain/coded-video.ts';
import type { DetectedFace } from '../../../src/domain/detection.ts';
import { NightglassError } from '../../../src/domain/errors.ts';
import type { SiteState } from '../../../src/domain/federation.ts';
import type { FootageProgress } from '../../../src/domain/footage.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import type { ListReviewPolicy } from '../../../src/domain/list-review.ts';
import type {
  DetectionEvent,
  EmbeddingEvent,
  TrackEvent,
} from '../../../src/domain/live-events.ts';
import type { DeviceDescription, FoundDevice } from '../../../src/domain/onvif.ts';
import type { Review, ReviewAction, ReviewRequest } from '../../../src/domain/review.ts';
import type { FactorPolicy } from '../../../src/domain/second-factor.ts';
import type { NewSighting } from '../../../src/domain/sightings.ts';
import type { SiteAlertChange } from '../../../src/domain/site-alert.ts';
import type { UploadedImage } from '../../../src/domain/uploaded-image.ts';
import type { WatchlistInput } from '../../../src/domain/watchlist.ts';
import type { GatewayServices } from '../../../src/gateway/contract/gateway-services.ts';
import { SqliteAlertStore } from '../../../src/services/alerts/alert-store.ts';
import { alertsService, redactForBroadcast } from '../../../src/services/alerts/alerts-service.ts';
import { BlindJudgement } from '../../../src/services/alerts/blind-judgement.ts';
import { lookAlikesService } from '../../../src/services/alerts/look-alikes-service.ts';
import { statisticsService } from '../../../src/services/alerts/statistics-service.ts';
import { ArmingService } from '../../../src/services/arming/arming-service.ts';
import type { CameraSetupView } from '../../../src/services/cameras/camera-setup-service.ts';
import type { CameraView } from '../../../src/services/cameras/cameras-service.ts';
import { onvifService } from '../../../src/services/cameras/onvif-service.ts';
import { StoredCameras } from '../../../src/services/cameras/stored-cameras.ts';
import { archivesService } from '../../../src/services/enrolment/archives-service.ts';
import type { EnrolledBy, EnrolmentResult } from '../../../src/services/enrolment/enrol.ts';
import type { FaceChoice } from '../../../src/services/enrolment/grade-image.ts';
import type { ImageOutcome } from '../../../src/services/enrolment/image-outcome.ts';
import { ImportJobs } from '../../../src/services/enrolment/import-jobs.ts';
import { peopleService } from '../../../src/services/enrolment/people-service.ts';
import type { FaceBlur } from '../../../src/services/evidence/blur/face-blur.ts';
import { evidenceService } from '../../../src/services/evidence/evidence-service.ts';
import { subjectService } from '../../../src/services/evidence/subject/subject-service.ts';
import { listSitesService } from '../../../src/services/federation/list-sites-service.ts';
import { siteAlertsService } from '../../../src/services/federation/site-alerts-service.ts';
import type { FootagePlaces } from '../../../src/services/footage/footage-places.ts';
import { FootageQueue } from '../../../src/services/footage/footage-queue.ts';
import { footageService } from '../../../src/services/footage/footage-service.ts';
import type { LearningPolicy } from '../../../src/services/learning/learning-samples.ts';
import {
  type LearningService,
  learningService,
} from '../../../src/services/learning/learning-service.ts';
import {
  type SearchedFace,
  type SearchRequest,
  searchService,
} from '../../../src/services/search/search-service.ts';
import { shadowReport } from '../../../src/services/shadow/shadow-report.ts';
import { handOverService } from '../../../src/services/shifts/hand-over-service.ts';
import type { HealthReport } from '../../../src/services/system/health.ts';
import type { SystemReport } from '../../../src/services/system/system.ts';
import { WatchlistStore } from '../../../src/services/watchlists/watchlist-store.ts';
import { watchlistsService } from '../../../src/services/watchlists/watchlists-service.ts';
import { AcceptanceTable } from '../../../src/store/acceptance-table.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { CameraTable } from '../../../src/store/camera-table.ts';
import { evidenceKeyOf } from '../../../src/store/evidence-key.ts';
import { FootageJobTable } from '../../../src/store/footage-job-table.ts';
import { FootageSightingTable } from '../../../src/store/footage-sighting-table.ts';
import { LearningTable } from '../../../src/store/learning-table.ts';
import { ListSiteTable } from '../../../src/store/list-site-table.ts';
import { secretBox } from '../../../src/store/secret-box.ts';
import { ShadowTable } from '../../../src/store/shadow-table.ts';
import { SiteAlertTable } from '../../../src/store/site-alert-table.ts';
import { SubjectTable } from '../../../src/store/subject-table.ts';
import { createImageCodec } from '../../../src/streams/image-codec.ts';
import { checkedRecording } from '../../../src/streams/recorded/checked-recording.ts';
import { ClipCutter } from '../../../src/streams/recorded/clip-cutter.ts';
import { DiskWaits } from '../../../src/streams/recorded/disk-waits.ts';
import { FootageRoots } from '../../../src/streams/recorded/footage-roots.ts';
import { accountsInTest } from '../services/accounts-in-test.ts';
import { clipsOf } from '../services/clips-of.ts';
import { pushInMemory } from '../services/push-in-memory.ts';
import { receiversInMemory } from '../services/receivers-in-memory.ts';
import { listInput, templateFor, vectorAt } from '../services/watchlist-fixture.ts';
import { silentLog } from '../store/open-store.ts';
import { setWritable } from '../store/set-writable.ts';
import { createMemoryStore } from '../store/test-store.ts';
import { fakeComponent, fakeSystem, quietCamera } from './sample-answers.ts';
import { sampleDrift } from './sample-drift.ts';
import { sampleProfile } from './sample-profile.ts';

const actionTo: Partial<Record<Alert['state'], ReviewAction>> = {
  acknowledged: 'acknowledge',
  confirmed: 'confirm',
  dismissed: 'dismiss',
  escalated: 'escalate',
};
const picture = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);

/**
 * The product's services on SQLite in memory, behind a gateway, for its tests and for the
 * dashboard's. What stands in for the rest: cameras and live events that a test sends, and faces
 * without a model: of each upload the first picture is enrolled, the others show nobody.
 */
export class MemoryServices implements GatewayServices {
  readonly detections$ = new Subject<DetectionEvent>();
  readonly tracks$ = new Subject<TrackEvent>();
  readonly embeddings$ = new Subject<EmbeddingEvent>();
  readonly alerts$ = new Subject<AlertEvent>();
  readonly status$ = new Subject<CameraStatus>();
  readonly arming$ = new Subject<ArmingChange>();
  readonly store = createMemoryStore();
  readonly audit = new AuditLog({ store: this.store, now: Date.now });
  readonly #ids = { list: 0, person: 0, template: 0 };
  /** Whether lists that are made or changed from then on wait for review. */
  listReview: ListReviewPolicy = 'off';
  /** Names of all who may put lists in force. */
  listReviewers: readonly string[] = [];
  readonly lists = new WatchlistStore({
    store: this.store,
    audit: this.audit,
    now: Date.now,
    review: () => this.listReview,
    newId: (of) => {
      // Past those that a test has named itself.
      do this.#ids[of] += 1;
      while (of === 'list' && this.lists.find(`list-${this.#ids.list}`) !== undefined);
      return `${of}-${this.#ids[of]}`;
    },
  });
  readonly alertStore = new SqliteAlertStore({
    store: this.store,
    audit: this.audit,
    now: Date.now,
    policy: (id) => this.lists.find(id),
    onDelete: (ids) => this.lists.lookAlikes.forgetAlerts(ids),
  });
  /** By kind: the pictures of alerts that are raised from then on. */
  readonly pictures = new Map<string, Uint8Array>();
  readonly watchers = new Map<string, Set<(chunk: Uint8Array) => void>>();
  /** Pictures that went to the faces. */
  readonly uploads: UploadedImage[] = [];
  /** Faces of each picture that is sent from then on; one where it is empty. */
  faces: readonly FaceChoice[] = [];
  cameraViews: CameraView[] = [];
  dropped: SystemReport['drops'] = [];
  /** Called before a page of `alerts.since` is answered. */
  beforePage: () => void | Promise<void> = () => undefined;
  /** Called when the first viewer of a camera comes; returns how to stop. */
  /** Viewers of the video as it is coded, by camera; there is none unless a test says so. */
  readonly codedSinks = new Map<string, Set<CodedVideoSink>>();
  onWatchCoded: (cameraId: string, sink: CodedVideoSink) => () => void = (cameraId) => {
    throw new NightglassError('VIDEO_NOT_PASSED_ON', `Cannot pass on the video of ${cameraId}`);
  };
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

  constructor() {
    this.alertStore.onEvent((event) =>
      this.alerts$.next(redactForBroadcast(this.alertStore, event)),
    );
  }

  /** What the audit log holds that the program itself did not do. */
  get audited(): AuditEntry[] {
    return this.audit
      .list()
      .filter(({ who }) => who !== 'system')
      .map(({ who, what, target, detail }) => ({ who, what, target, detail }) as AuditEntry);
  }

  /** False: the database refuses every write, as on a disk that takes none. */
  set writable(is: boolean) {
    setWritable(this.store, is);
    if (is) this.store.retry();
  }

  /** Makes this the centre of a site that was heard just now and has nothing. */
  addSite(site: string, state: Partial<SiteState> = {}): void {
    this.#siteIds.push(site);
    const usual = { heardAt: Date.now(), up: true, lists: [], behind: [], waiting: 0, late: 0 };
    this.siteStates.push({ site, ...usual, ...state });
  }

  addList(id = 'list-1', changes: Partial<WatchlistInput> = {}): string {
    return this.lists.create(listInput({ name: id, ...changes }), systemActor, id).id;
  }

  /** A person with an enrolled image. */
  addPerson(watchlistId = 'list-1', name = 'Ada'): { id: string; templateId: string } {
    const { id } = this.lists.addPerson(watchlistId, { name });
    const template = templateFor(id, vectorAt(0), { image: picture });
    return { id, templateId: this.lists.addTemplate(template).id };
  }

  /** Makes an alert, changes it, or takes the review that leads to its state. */
  raise({ change, alert }: { change: AlertEvent['change']; alert: Alert }): void {
    const known = this.alertStore.find(alert.id) !== undefined;
    if (change === 'created' && !known) this.alertStore.insert(alert, this.#evidence());
    else if (change !== 'reviewed') this.alertStore.update(alert, null);
    else {
      const action = actionTo[alert.state] ?? 'acknowledge';
      const { state } = this.alertStore.get(alert.id).alert;
      if (state === 'new' && action !== 'acknowledge' && action !== 'escalate') {
        this.alertStore.review(alert.id, { action: 'acknowledge', reviewer: 'system' });
      }
      this.alertStore.review(alert.id, { action, reviewer: 'system', reason: 'as told' });
    }
  }

  /** Somebody is seen again. */
  sight(alertId: string, sighting: NewSighting): void {
    const { frame, face, enhanced } = this.#evidence();
    this.alertStore.sight(alertId, sighting, { frame, face, enhanced });
  }

  /** A review of which nobody here hears: as another process would take it. */
  reviewElsewhere(id: string, request: ReviewRequest): void {
    const { store, audit } = this;
    const policy = (of: string) => this.lists.find(of);
    using elsewhere = new SqliteAlertStore({ store, audit, now: Date.now, policy });
    elsewhere.review(id, request);
  }

  /** All reviews, oldest first. */
  reviews(): Review[] {
    return this.alertStore
      .list()
      .flatMap(({ id }) => this.alertStore.get(id).reviews)
      .sort((a, b) => a.at - b.at);
  }

  /** Changes a camera's status, then publishes it. */
  setStatus(status: CameraStatus): void {
    this.cameraViews = this.cameraViews.map((view) =>
      view.id === status.cameraId ? { ...view, status } : view,
    );
    this.status$.next(status);
  }

  /** Folders in which recorded footage may be searched; nothing is at work on it. */
  footagePlaces = new FootageRoots([]);
  readonly footageQueue = new FootageQueue({
    ...{ store: this.store, audit: this.audit, watchlists: this.lists, now: Date.now, waiting: 3 },
  });
  footageProgress: FootageProgress | null = null;
  readonly footage: GatewayServices['footage'] = footageService({
    ...{ store: this.store, queue: this.footageQueue, watchlists: this.lists },
    cut: (file, span) => new ClipCutter(systemClock).cut(file, span),
    places: inPlaces(() => this.footagePlaces),
    progress: () => this.footageProgress,
  });
  readonly clips = clipsOf(this.store);
  readonly #alerts = alertsService(this.alertStore, this.clips, this.lists.lookAlikes);
  readonly alerts: GatewayServices['alerts'] = {
    ...this.#alerts,
    since: async (since, limit, scope) => {
      const page = await this.#alerts.since(since, limit, scope);
      await this.beforePage();
      return page;
    },
  };
  /** What hides faces in a clip. */
  onBlurClip: FaceBlur['clip'] = async () => null;
  readonly #basis = {
    ...{ alerts: this.alertStore, audit: this.audit, clips: this.clips, fontFolder },
    codec: createImageCodec(),
    footage: {
      jobs: new FootageJobTable(this.store),
      found: new FootageSightingTable(this.store),
      watchlists: this.lists,
      open: (file: { readonly path: string; readonly sha256: string }, signal?: AbortSignal) =>
        checkedRecording(file, { waits: new DiskWaits(systemClock), signal }),
    },
    // Whether faces are found is no matter of the gateway.
    blur: {
      picture: async () => null,
      clip: (...asked: Parameters<FaceBlur['clip']>) => this.onBlurClip(...asked),
    },
    now: Date.now,
  };
  readonly subject = subjectService({
    ...{ ...this.#basis, watchlists: this.lists, kept: new SubjectTable(this.store) },
    sites: new SiteAlertTable(this.store),
    volunteers: new AcceptanceTable(this.store),
    ...{ deployment: null, staff: () => this.accounts.list().map(({ name }) => name) },
  });
  /** Faces of a picture that is to be exported for training: a poor one in each unless a test says so. */
  findForTraining = async (_: RgbImage): Promise<readonly DetectedFace[]> => [poorFace];
  learning = this.learningBy(learningPolicy);
  readonly evidence: GatewayServices['evidence'] = evidenceService({
    ...{ ...this.#basis, clock: systemClock },
    others: (order, given) =>
      'kind' in order ? this.learning.make(order, given) : this.subject.make(order, given),
    key: () => this.#evidenceKey,
  });
  readonly #evidenceKey = evidenceKeyOf(generateKeyPairSync('ed25519').privateKey);
  readonly watchlists = watchlistsService(this.lists, Date.now, () => this.listReviewers);
  readonly #blind = new BlindJudgement(this.alertStore);
  /** Each face of an alert is the one at this angle; undefined: none is found. */
  lookAlikeAngle: number | undefined = 1;
  readonly lookAlikes = lookAlikesService({
    alerts: this.alertStore,
    watchlists: this.lists,
    embed: async () =>
      this.lookAlikeAngle === undefined
        ? undefined
        : { model: 'm1', embedding: vectorAt(this.lookAlikeAngle) },
  });
  /** How far the clock of accounts is ahead, milliseconds. */
  later = 0;
  readonly #whoClock = {
    now: () => systemClock.now() + this.later,
    monotonic: () => systemClock.monotonic() + this.later,
    after: (ms: number, callback: () => void) => systemClock.after(ms, callback),
  };
  /** Who must have a second factor. */
  factorPolicy: FactorPolicy = 'optional';
  readonly who = accountsInTest(this.store, this.#whoClock, () => this.factorPolicy);
  readonly factors = this.who.factors;
  readonly accounts = this.who.accounts;
  readonly tokens = this.who.tokens;
  readonly siteAlerts = siteAlertsService(this.store);
  readonly siteAlerts$ = new Subject<SiteAlertChange>();
  /** Sites of this centre; it is one of none unless a test says so. */
  readonly siteStates: SiteState[] = [];
  readonly #siteIds: string[] = [];
  readonly federation = listSitesService({
    watchlists: this.lists,
    sites: this.#siteIds,
    view: () => ({
      role: 'centre',
      connected: true,
      sites: this.siteStates,
      lists: new ListSiteTable(this.store).all(),
    }),
  });
  readonly handOvers = handOverService({
    store: this.store,
    audit: this.audit,
    alerts: this.#alerts,
    now: Date.now,
  });
  readonly people = peopleService(
    this.lists,
    {
      enrol: (personId, images, by) => this.#enrol(personId, images, by),
      grade: async (images) => {
        this.uploads.push(...images);
        const isOpen = this.faces.length > 1;
        return images.map(({ name }) => ({
          name,
          ok: !isOpen,
          code: isOpen ? 'SEVERAL_FACES' : null,
          message: isOpen ? `Cannot enrol ${name}: it shows several faces` : null,
          quality: 81,
          faces: Math.max(1, this.faces.length),
          choices: this.faces,
          box: { x: 1, y: 2, width: 30, height: 40 },
          turned: 0,
          components: [fakeComponent],
        }));
      },
    },
    this.#blind,
  );
  readonly imports = new ImportJobs({
    target: this.lists,
    audit: this.audit,
    now: Date.now,
    enrol: (personId, images, by) => this.#enrol(personId, images, by),
  });
  readonly archives = archivesService({
    watchlists: this.lists,
    imports: this.imports,
    audit: this.audit,
    now: Date.now,
  });
  /** What is searched; a test may put its own in place. */
  find: (
    request: Pick<SearchRequest, 'image' | 'watchlistIds' | 'limit'>,
  ) => Promise<readonly SearchedFace[]> = async ({ image }) => {
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
  };
  readonly search = searchService({
    audit: this.audit,
    blind: this.#blind,
    search: (request) => this.find(request),
  });
  readonly statistics = statisticsService({
    store: this.store,
    watchlists: this.lists,
    threshold: () => 0.4,
  });

  readonly cameras: GatewayServices['cameras'] = {
    list: () => this.cameraViews,
    get: (id) => {
      const view = this.cameraViews.find((camera) => camera.id === id);
      return view && { ...view, ...quietCamera };
    },
    configured: () => this.cameraViews.map(({ id }) => id),
    reload: () => ({
      ...{ added: [], changed: [], removed: [] },
      receivers: { added: [], changed: [], removed: [] },
    }),
  };

  /** Those of the configuration file. */
  fileSetups: CameraSetupView[] = [];
  readonly storedCameras = new StoredCameras({
    store: this.store,
    table: new CameraTable(this.store),
    audit: this.audit,
    box: secretBox(() => [Buffer.alloc(32, 7)]),
    now: Date.now,
    inFile: () => this.fileSetups.map(({ id }) => id),
    validate: () => undefined,
    admit: async () => undefined,
  });
  readonly #setup = (id: string): CameraSetupView => {
    const camera = this.storedCameras.find(id);
    if (camera === undefined) throw new NightglassError('NOT_FOUND', `There is no camera ${id}`);
    const { setup, hasLogin, paused } = camera;
    const view = { id, source: 'stored', file: null, setup, hasLogin, paused } as const;
    const status = this.cameraViews.find((one) => one.id === id)?.status ?? null;
    return { ...view, status, problem: null };
  };
  readonly #setups = () => [
    ...this.fileSetups,
    ...this.storedCameras.list().map(({ id }) => this.#setup(id)),
  ];
  readonly cameraSetup: GatewayServices['cameraSetup'] = {
    list: () => this.#setups(),
    get: (id) => this.#setups().find((camera) => camera.id === id),
    create: async (camera, by) => {
      await this.storedCameras.create(camera, by);
      return this.#setup(camera.id);
    },
    update: async (id, change, by) => {
      await this.storedCameras.update(id, change, by);
      return this.#setup(id);
    },
    pause: async (id, paused, by) => {
      this.storedCameras.pause(id, paused, by);
      return this.#setup(id);
    },
    remove: async (id, by) => this.storedCameras.remove(id, by),
    test: async ({ id }) => ({
      ok: false,
      reason: { code: 'STREAM_UNREACHABLE', message: `Nothing answers for ${id}` },
      video: null,
      stream: null,
      firstPictureMs: null,
      framesPerSecond: null,
      picture: null,
      faces: null,
    }),
  };

  /** What a search of the network finds, and what a device says of itself. */
  foundDevices: FoundDevice[] = [];
  describedDevice: DeviceDescription | null = null;
  readonly onvif = onvifService({
    audit: this.audit,
    search: async () => this.foundDevices,
    ask: async ({ address }) => {
      if (this.describedDevice !== null) return this.describedDevice;
      throw new NightglassError('STREAM_UNREACHABLE', `Nothing answers at ${address}`);
    },
    admit: async () => undefined,
    cameras: () => [],
  });

  readonly outside = receiversInMemory(this.store, this.audit);
  readonly receivers = this.outside.service;
  readonly onDevices = pushInMemory(this.store, this.audit);
  readonly push = this.onDevices.service;

  readonly arming = new ArmingService({
    ...{ store: this.store, audit: this.audit, clock: systemClock, log: silentLog },
    armable: () => [
      ...this.cameraViews.map(({ id }) => ({
        ...({ kind: 'camera', id, cameras: [id], inUse: true } as const),
      })),
      ...this.lists.list().map(({ id, cameras }) => ({
        ...({ kind: 'watchlist', id, cameras, inUse: true } as const),
      })),
    ],
    onChange: (change) => this.arming$.next(change),
  });

  readonly calibration: GatewayServices['calibration'] = {
    report: ({ cameraId, hours }) => ({
      cameraId,
      hours,
      model: null,
      counting: true,
      startedAt: null,
      stoppedAt: null,
      lists: [],
    }),
    start: () => undefined,
    stop: () => undefined,
  };

  readonly assessments: GatewayServices['assessments'] = {
    report: (cameraId) => ({
      cameraId,
      running: true,
      startedAt: 0,
      endsAt: 3_600_000,
      stoppedAt: null,
      assessment: assess(nothingGathered(), recognitionFigures(), undefined),
    }),
    start: () => undefined,
    stop: () => undefined,
  };

  readonly profiles: GatewayServices['profiles'] = {
    report: (cameraId) => ({
      cameraId,
      running: { startedAt: 0, seconds: 30, fromFile: false, share: 0.5 },
      failure: null,
      kept: [{ at: 1, profile: sampleProfile }],
    }),
    find: (_, at) => (at === 1 ? sampleProfile : undefined),
    pattern: () => null,
    start: () => undefined,
    stop: async () => undefined,
  };

  readonly drift: GatewayServices['drift'] = {
    report: async (cameraId) => ({ ...sampleDrift, cameraId }),
    setReference: () => undefined,
  };

  readonly preview: GatewayServices['preview'] = {
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
    watchCoded: (cameraId, sink) => {
      if (!this.cameraViews.some(({ id }) => id === cameraId)) {
        throw new NightglassError('NOT_FOUND', `Cannot find the camera ${cameraId}`);
      }
      const stop = this.onWatchCoded(cameraId, sink);
      const sinks = this.codedSinks.get(cameraId) ?? new Set();
      this.codedSinks.set(cameraId, sinks);
      sinks.add(sink);
      return () => {
        sinks.delete(sink);
        stop();
      };
    },
  };

  readonly shadow: GatewayServices['shadow'] = {
    report: (view) =>
      shadowReport({ table: new ShadowTable(this.store), watchlists: this.lists }, view),
  };

  readonly system: GatewayServices['system'] = {
    report: () => ({ ...fakeSystem, drops: this.dropped }),
    card: (model) => (model === 'detect-s' ? '# detect-s\n' : undefined),
    confirmTime: () => Date.now(),
  };

  /** As the program opens it where the configuration says this of faces for training. */
  learningBy(policy: LearningPolicy | undefined): LearningService {
    return learningService({
      ...{ store: this.store, audit: this.audit, alerts: this.alertStore, watchlists: this.lists },
      ...{ policy, table: new LearningTable(this.store), codec: this.#basis.codec, now: Date.now },
      find: (image) => this.findForTraining(image),
    });
  }

  health(): HealthReport {
    return this.healthReport;
  }

  async metrics(): Promise<string> {
    return '# HELP nightglass_fake A metric\nnightglass_fake 1\n';
  }

  async #enrol(
    personId: string,
    images: readonly UploadedImage[],
    { detail, ...by }: EnrolledBy,
  ): Promise<EnrolmentResult> {
    this.uploads.push(...images);
    const outcomes = images.map(({ name, bytes, face }, index): ImageOutcome => {
      const isOpen = this.faces.length > 1 && face === undefined;
      if (index > 0 || isOpen) {
        const why = isOpen ? 'it shows several faces' : 'no face was found in it';
        return {
          name,
          status: 'refused',
          code: isOpen ? 'SEVERAL_FACES' : 'NO_FACE',
          message: `Cannot enrol ${name}: ${why}`,
          quality: null,
          choices: isOpen ? this.faces : [],
          reasons: [],
          components: [],
        };
      }
      const input = templateFor(personId, vectorAt(0), { image: bytes });
      const { id: templateId } = this.lists.addTemplate(input, by, detail);
      return {
        name,
        status: 'enrolled',
        templateId,
        quality: 81,
        components: [fakeComponent],
        turned: 0,
        warnings: [],
      };
    });
    return { personId, enrolled: Math.min(1, images.length), images: outcomes };
  }

  #evidence(): AlertEvidence {
    const of = (kind: string) => this.pictures.get(kind) ?? picture;
    return {
      frame: of('frame'),
      face: of('face'),
      enhanced: this.pictures.get('enhanced') ?? null,
      enrolled: of('enrolled'),
      best: [of('best-1'), of('best-2')],
    };
  }
}

/** Faces for training, as the services allow them unless a test says otherwise. */
export const learningPolicy: LearningPolicy = {
  ...{ legalBasis: 'Consent, form 12', retention: 30 * dayMs, watchlists: ['list-1'] },
  ...{ perPerson: 20, pictures: 1000 },
};

const poorFace: DetectedFace = {
  box: { x: 2, y: 2, width: 24, height: 28 },
  landmarks: [
    { x: 9, y: 12 },
    { x: 19, y: 12 },
    { x: 14, y: 17 },
    { x: 10, y: 22 },
    { x: 18, y: 22 },
  ],
  score: 0.9,
};

/** Those that a test has put there. */
function inPlaces(places: () => FootageRoots): FootagePlaces {
  return {
    get roots() {
      return places().roots;
    },
    browse: (folder) => places().browse(folder),
    find: (paths) => places().find(paths),
    check: (path, signal) => places().check(path, signal),
  };
}

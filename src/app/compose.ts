/**
 * The composition root: opens every room of the program and wires them, from
 * the store up to the gateway. The way of a frame is `analyse.ts`, what
 * observes it `follow-*.ts`, what the gateway asks for `src/services`.
 * Long for one function: what is left is the order in which parts open and close,
 * and most of them need most of those before.
 */

import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { map } from 'rxjs';
import { hashConfig, type LoadedConfig } from '../config/load-config.ts';
import { type Clock, systemClock } from '../domain/clock.ts';
import { NightglassError } from '../domain/errors.ts';
import { FrameLedger } from '../domain/frame/ledger.ts';
import { assessQuality, judgeRecognised } from '../domain/quality/assess-quality.ts';
import type { GatewayBackend } from '../gateway/contract/gateway-services.ts';
import { createGateway } from '../gateway/gateway.ts';
import { createInference } from '../inference/inference.ts';
import { manifestInUse } from '../inference/installed-models.ts';
import { createTokenStore } from '../services/access/tokens.ts';
import { createAlertIds } from '../services/alerts/alert-id.ts';
import { SqliteAlertStore } from '../services/alerts/alert-store.ts';
import { alertsBackend, redactForBroadcast } from '../services/alerts/alerts-service.ts';
import { statisticsBackend } from '../services/alerts/statistics-service.ts';
import { archivesBackend, recordImport } from '../services/enrolment/archives-service.ts';
import { type EnrolmentOptions, enrol } from '../services/enrolment/enrol.ts';
import { gradeImages } from '../services/enrolment/grade-images.ts';
import { ImportJobs } from '../services/enrolment/import-jobs.ts';
import { peopleBackend } from '../services/enrolment/people-service.ts';
import { TemplateRenewal } from '../services/enrolment/template-renewal.ts';
import { WatchlistGallery } from '../services/search/gallery.ts';
import { searchImage } from '../services/search/search-image.ts';
import { SearchQueue } from '../services/search/search-queue.ts';
import { changeChecks } from '../services/watchlists/change-checks.ts';
import { watchExpiry } from '../services/watchlists/watch-expiry.ts';
import { WatchlistStore } from '../services/watchlists/watchlist-store.ts';
import { watchlistsBackend } from '../services/watchlists/watchlists-service.ts';
import { auditAnchorName } from '../store/audit-anchor-name.ts';
import { createAuditLog } from '../store/audit-log.ts';
import { createStore } from '../store/create-store.ts';
import { databaseFileName } from '../store/open-database.ts';
import { startRetention } from '../store/retention.ts';
import { openCamera } from '../streams/camera.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { CameraActivity } from '../telemetry/camera-activity.ts';
import { diskUse } from '../telemetry/disk-use.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { RecentLatencies } from '../telemetry/recent-latencies.ts';
import type { StageMetrics } from '../telemetry/stage-metrics.ts';
import { analyse } from './analyse.ts';
import type { AnalysisSettings } from './analysis-contract.ts';
import { applyWatchlists } from './apply-watchlists.ts';
import { type CameraChanges, CameraSet } from './camera-set.ts';
import { cameraSettings } from './camera-settings.ts';
import { cameraDetail, cameraViews, previewBackend } from './cameras-service.ts';
import { detectInStill } from './detect-in-still.ts';
import { followAnalysis } from './follow-analysis.ts';
import { followCameras } from './follow-cameras.ts';
import { healthReport } from './health.ts';
import { LiveEvents } from './live-events.ts';
import { MatchingRecord } from './matching-record.ts';
import { openModelCards } from './model-cards.ts';
import { openTraces } from './open-traces.ts';
import { shippedDashboard, shippedManifest } from './shipped-files.ts';
import { systemReport } from './system-report.ts';
import { timedPorts } from './timed-ports.ts';
import { version } from './version.ts';
import { usesGpu, watchTelemetry } from './watch-telemetry.ts';

export interface NightglassOptions {
  readonly loaded: LoadedConfig;
  /** Reads the configuration again, for reloads. Default: the same file is not read again. */
  readonly readAgain?: () => LoadedConfig;
  /** The demo: local visitors need no token. */
  readonly openOnLoopback?: boolean;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Nightglass {
  /** Where the gateway listens, `http://host:port`. */
  readonly address: string;
  /** False when nobody has a token yet. */
  readonly hasTokens: boolean;
  readonly backend: GatewayBackend;
  readonly ledger: FrameLedger;
  /** Ends an inference worker as a crash would. For tests of faults. */
  readonly killWorker: (name: string) => void;
  /** Reads cameras and watchlists again. @throws NightglassError `CONFIG_*`, `SECRET_MISSING` */
  reload(): Promise<CameraChanges>;
  /** Ends everything in order: cameras, analysis, clients, inference, store. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the live product.
 * @throws NightglassError `SECRET_MISSING`, `MODEL_*`, `PROVIDER_UNAVAILABLE`, `STORE_CORRUPT`, `ENVIRONMENT`
 */
export async function startNightglass(options: NightglassOptions): Promise<Nightglass> {
  const { log, clock = systemClock, env = process.env } = options;
  let { loaded } = options;
  const { config, baseDir } = loaded;
  const started = clock.monotonic();
  const closers: (() => Promise<void> | void)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      for (const closer of closers.reverse()) {
        try {
          await closer();
        } catch (error) {
          log.error({ err: error }, 'A part of the program did not close cleanly');
        }
      }
    })();
    return closing;
  };

  try {
    // Secrets first: a camera that cannot log in should stop the start, not fail later.
    const wanted = cameraSettings(config, baseDir, env);

    const ledger = new FrameLedger();
    ledger.onLeak((cameraId) => log.error({ cameraId }, 'A frame was never released'));
    const metrics = createMetrics({ ledger, version });
    closers.push(() => metrics.close());
    const live = new LiveEvents();
    closers.push(() => live.close());

    // Store, lists, alerts.
    const dataDir = resolve(baseDir, config.data);
    const store = createStore({
      dataDir,
      clock,
      log,
      onFault: (health) => metrics.system.storeFault(!health.durable),
    });
    closers.push(() => store.close());
    metrics.system.storeFault(!store.health().durable);
    const now = () => clock.now();
    const tokens = createTokenStore({ store, now });
    const audit = createAuditLog({ store, now, log, anchorFile: join(dataDir, auditAnchorName) });
    const [before] = audit.list({ what: 'program', order: 'newest', limit: 1 });
    audit.append({
      who: 'system',
      what: 'program.started',
      target: '',
      detail: {
        version,
        configHash: loaded.hash,
        // Without a record of its end, all matching before ended when the program did.
        stoppedBefore: before === undefined ? null : before.what === 'program.stopped',
      },
    });
    closers.push(() => {
      audit.append({ who: 'system', what: 'program.stopped', target: '', detail: { version } });
    });
    const watchlists = new WatchlistStore({ store, now });
    const alerts = new SqliteAlertStore({ store, now, log, policy: (id) => watchlists.find(id) });
    closers.push(() => alerts[Symbol.dispose]());
    closers.push(alerts.onEvent((event) => live.alerts$.next(event)));
    const retention = startRetention({
      store,
      clock,
      log,
      tasks: [
        { name: 'alerts', purge: (at, limit) => alerts.purgeExpired(at, limit) },
        { name: 'watchlists', purge: (at, limit) => watchlists.purgeExpired(at, limit) },
        {
          name: 'audit',
          chunk: 5000,
          purge: (at, limit) => audit.prune(at - config.audit.retention, limit),
        },
      ],
      onPurged(task, count) {
        // The pruning of the audit log is a record already, in the same transaction.
        if (task === 'audit') return;
        audit.append({ who: 'system', what: 'retention.purged', target: task, detail: { count } });
      },
    });
    closers.push(() => retention.close());

    // Models.
    const manifestPath = manifestInUse(
      dataDir,
      config.models.manifest === undefined
        ? shippedManifest
        : resolve(baseDir, config.models.manifest),
    );
    const cards = await openModelCards(manifestPath, shippedManifest);
    const inference = await createInference({
      manifestPath,
      completeFrom: shippedManifest,
      providers: config.models.fallback
        ? config.models.providers
        : config.models.providers.slice(0, 1),
      precision: config.models.precision,
      threads: config.models.threads,
      requestTimeout: config.models.timeout,
      log,
      clock,
      observer: {
        onBatch: (run) => metrics.inference.batch(run.model, run.provider, run.size, run.seconds),
        onRestart: (worker) => metrics.inference.workerRestart(worker),
      },
    });
    closers.push(() => inference.close());
    const calibration = () => inference.calibration;
    const gallery = new WatchlistGallery({
      source: watchlists,
      now,
      calibration,
      onUncalibrated: (model) =>
        log.warn({ model }, 'No calibration for this model: a stand-in threshold is used'),
    });
    closers.push(() => gallery[Symbol.dispose]());
    const searches = new SearchQueue({ gallery });
    closers.push(() => searches[Symbol.dispose]());
    // Another process (nightglass enrol) may change the lists while this one runs.
    let cancelRefresh: (() => void) | undefined;
    let recordMatching = (): void => undefined;
    let renewal: TemplateRenewal | undefined;
    const refresh = (): void => {
      try {
        if (gallery.refresh()) renewal?.start();
        recordMatching();
      } catch (error) {
        log.error({ err: error }, 'Cannot read the watchlists again');
      }
      cancelRefresh = clock.after(1000, refresh);
    };
    refresh();
    closers.push(() => cancelRefresh?.());

    const codec = createImageCodec();
    const detector = inference.detector({
      inputWidth: config.detection.inputSize,
      scoreThreshold: Math.min(0.3, config.detection.minScore),
    });
    const embedder = inference.embedder();
    // Templates of other weights never compare: a list of such would fall silent unnoticed.
    const outdatedLists = () =>
      gallery
        .stats()
        .filter(({ inForce, templates }) => inForce && Object.values(templates).some((n) => n > 0))
        .filter(({ templates }) => !templates[embedder.model])
        .map(({ watchlistId }) => watchlistId);
    renewal = new TemplateRenewal({ store: watchlists, embedder, codec, clock, log });
    closers.push(() => renewal?.close());
    const renewalStatus = () => renewal?.status;
    const find = detectInStill(
      inference.detector({
        inputWidth: 640,
        scoreThreshold: config.detection.minScore,
      }),
    );
    const enrolment: EnrolmentOptions = {
      store: watchlists,
      codec,
      finder: { find },
      embedder,
      calibration,
      candidates: (probe, id, limit) => gallery.candidates(probe, id, limit),
      assessQuality: (face, { recognisability }) =>
        judgeRecognised(assessQuality(face), recognisability, embedder.rejectBelow),
    };

    closers.push(
      watchTelemetry({
        metrics,
        clock,
        inference,
        gallery,
        watchlists,
        alerts,
        store,
        dataDir,
        recogniser: embedder.model,
        renewal: renewalStatus,
        usesGpu: usesGpu(inference.providers(), config.cameras),
      }),
    );

    closers.push(watchExpiry({ clock, lists: () => watchlists.list(), log }));
    const imports = new ImportJobs({
      target: watchlists,
      enrol: (personId, images) => enrol(enrolment, personId, images),
      now,
      onEnded: (job) => recordImport(job, audit, log),
    });
    closers.push(() => imports.close());

    // What people look at: the last few minutes. Metrics are the long memory.
    const latencies = new RecentLatencies(clock);
    const activity = new CameraActivity(clock);
    const stages: StageMetrics = {
      age: metrics.stages.age,
      duration(stage, seconds) {
        metrics.stages.duration(stage, seconds);
        latencies.observe(stage, seconds);
      },
    };

    // Cameras and the way of a frame.
    const newestAlert = alerts.latestId();
    const ports = timedPorts(
      {
        detector,
        enhancer: inference.enhancer(),
        embedder,
        fuser: inference.fuser(),
        gallery: searches,
        alertStore: alerts,
        codec,
        clock,
        newAlertId: createAlertIds({
          clock,
          ...(newestAlert === undefined ? {} : { after: newestAlert }),
        }),
        enrolledImage: async (templateId) => watchlists.templateImage(templateId),
        modelStamps: inference.stamps(),
        configHash: () => configHash,
      },
      stages,
      clock,
    );
    let configHash = loaded.hash;
    const traces = await openTraces({ config, baseDir, env, clock, log, metrics, version });
    if (traces !== null) closers.push(() => traces.close());
    const observed = { metrics, activity, live, traces, clock, log };
    const listener = followAnalysis({ ...observed, stages });
    const settings = (cameraId: string): AnalysisSettings => ({
      cameraId,
      rate: config.detection.rate,
      minScore: config.detection.minScore,
      maxAge: config.detection.maxAge,
      maxOcclusion: config.tracking.maxOcclusion,
      minHits: config.tracking.minHits,
      minInterEyeDistance: config.quality.minInterEyeDistance,
      minQuality: config.quality.minScore,
      keyframesPerTrack: config.keyframes.perTrack,
      quietPeriod: config.alerts.quietPeriod,
    });
    const cameras = new CameraSet({
      analyse: (frames$, cameraId) => analyse(frames$, settings(cameraId), ports, listener),
      ...followCameras({ ...observed, audit, latencies }),
    });

    const matching = new MatchingRecord({ append: (entry) => audit.append(entry), now });
    recordMatching = () => {
      const byId = new Map(watchlists.list().map((list) => [list.id, list]));
      matching.update({
        lists: gallery.stats().flatMap((stats) => {
          const list = byId.get(stats.watchlistId);
          return list === undefined ? [] : [{ ...stats, list }];
        }),
        cameras: cameras.list().map(({ wanted }) => wanted.id),
        model: embedder.model,
      });
    };
    closers.push(() => matching.close());
    const stopRecording = watchlists.onChange(() => recordMatching());
    closers.push(stopRecording);

    const applyConfig = async (next: LoadedConfig): Promise<CameraChanges> => {
      const list = next === loaded ? wanted : cameraSettings(next.config, next.baseDir, env);
      applyWatchlists(next.config.watchlists, { watchlists, alerts, audit, now: now(), log });
      const changes = await cameras.apply(
        list.map((camera) => ({
          id: camera.id,
          name: camera.name,
          key: camera.key,
          open: () => openCamera({ ...camera, preview: config.preview, ledger, clock, log }),
        })),
      );
      recordMatching();
      if (next !== loaded) {
        const { cameras: nextCameras, watchlists: nextLists } = next.config;
        configHash = hashConfig({ ...config, cameras: nextCameras, watchlists: nextLists });
        if (configHash !== next.hash) {
          log.warn('Settings beside cameras and watchlists have changed: restart to apply them');
        }
      }
      loaded = next;
      return changes;
    };
    const reload = async (): Promise<CameraChanges> => {
      const { readAgain } = options;
      if (readAgain === undefined) {
        throw new NightglassError('CONFLICT', 'Cannot reload: this run has no configuration file');
      }
      const changes = await applyConfig(readAgain());
      log.info(changes, 'Configuration reloaded');
      return changes;
    };

    // Gateway.
    const backend: GatewayBackend = {
      detections$: live.detections$.asObservable(),
      tracks$: live.tracks$.asObservable(),
      embeddings$: live.embeddings$.asObservable(),
      alerts$: live.alerts$.pipe(map((event) => redactForBroadcast(alerts, event))),
      status$: live.status$.asObservable(),
      alerts: alertsBackend(alerts),
      watchlists: watchlistsBackend(watchlists, now, (id, days) => alerts.setRetention(id, days)),
      checks: changeChecks(watchlists, now),
      people: peopleBackend(watchlists, {
        enrol: (personId, images) => enrol(enrolment, personId, images),
        grade: (images) => gradeImages(enrolment, images),
      }),
      cameras: {
        list: () => cameraViews(cameras),
        get: (id) => cameraDetail(cameras, id, { activity, ledger }),
        reload,
      },
      archives: archivesBackend(watchlists, imports, now),
      statistics: statisticsBackend({
        store,
        watchlists,
        threshold: (id) => gallery.threshold(id, embedder.model),
      }),
      system: {
        report: async () =>
          systemReport({
            inference: inference.health(),
            cards,
            latencies,
            ledger,
            store: store.health(),
            templates: renewalStatus(),
            disk: await diskUse(dataDir, databaseFileName),
            uptimeSeconds: (clock.monotonic() - started) / 1000,
          }),
        card: (name) => cards.card(name),
      },
      preview: previewBackend(cameras),
      audit,
      health: () =>
        healthReport({
          inference: inference.health(),
          store: store.health(),
          unstored: alerts.unstored(),
          outdatedLists: outdatedLists(),
          cameras,
          ledger,
          uptimeSeconds: (clock.monotonic() - started) / 1000,
          closing: closing !== undefined,
        }),
      metrics: () => metrics.text(),
      search: (request) =>
        searchImage(request, {
          codec,
          find,
          enhancer: ports.enhancer,
          embedder: ports.embedder,
          fuser: ports.fuser,
          listsInForce: () =>
            gallery.stats().flatMap((list) => (list.inForce ? [list.watchlistId] : [])),
          isLoaded: (id) => gallery.stats().some(({ watchlistId }) => watchlistId === id),
          candidates: (probe, id, limit) => gallery.candidates(probe, id, limit),
        }),
    };
    const tokenCount = () => tokens.list().filter(({ revokedAt }) => revokedAt === null).length;
    const gateway = await createGateway({
      host: config.server.host,
      port: config.server.port,
      proxies: config.server.proxies,
      openOnLoopback: options.openOnLoopback ?? false,
      backend,
      access: {
        tokenCount,
        authenticate: (secret) => tokens.authenticate(secret),
        find: (id) => tokens.find(id),
      },
      version,
      webRoot: shippedDashboard,
      log,
      clock,
      observer: {
        clients(kind, count) {
          metrics.system.socketClients(kind, count);
        },
        dropped: (topic, count) => metrics.system.socketDropped(topic, count),
        request: (route, status, seconds) => metrics.system.request(route, status, seconds),
      },
    });
    closers.push(() => gateway.close());

    closers.push(() => cameras.close());
    // Matching ends with the cameras, and because the program does: not for want of a camera.
    closers.push(() => {
      recordMatching = () => undefined;
    });
    await applyConfig(loaded);
    renewal.start();
    return {
      address: gateway.address,
      hasTokens: tokenCount() > 0,
      backend,
      ledger,
      killWorker: (name) => inference.killWorker(name),
      async reload() {
        const changes = await reload();
        const { added, changed, removed } = changes;
        const detail = { by: 'signal', added, changed, removed };
        audit.append({ who: 'system', what: 'cameras.reloaded', target: '', detail });
        return changes;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

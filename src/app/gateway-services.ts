import { map } from 'rxjs';
import { idleSettings } from '../config/idle-config.ts';
import type { Config } from '../config/schema.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import { awaitsReview } from '../domain/list-review.ts';
import { hasExpired } from '../domain/watchlist.ts';
import type { GatewayServices } from '../gateway/contract/gateway-services.ts';
import { principalsInForce } from '../services/access/principals-in-force.ts';
import { alertsService, redactForBroadcast } from '../services/alerts/alerts-service.ts';
import { BlindJudgement } from '../services/alerts/blind-judgement.ts';
import { lookAlikesService } from '../services/alerts/look-alikes-service.ts';
import { statisticsService } from '../services/alerts/statistics-service.ts';
import type { ArmingService } from '../services/arming/arming-service.ts';
import type { CameraSetupService } from '../services/cameras/camera-setup-service.ts';
import type { NoiseProfilesService } from '../services/cameras/noise-profiles.ts';
import type { OnvifService } from '../services/cameras/onvif-service.ts';
import { archivesService } from '../services/enrolment/archives-service.ts';
import { enrol } from '../services/enrolment/enrol.ts';
import { gradeImages } from '../services/enrolment/grade-images.ts';
import { peopleService } from '../services/enrolment/people-service.ts';
import { embedPictured } from '../services/faces/embed-pictured.ts';
import { siteAlertsService } from '../services/federation/site-alerts-service.ts';
import type { PushService } from '../services/push/push-service.ts';
import { calibrationService } from '../services/search/calibration-service.ts';
import { searchImage } from '../services/search/search-image.ts';
import { searchService } from '../services/search/search-service.ts';
import { type ShadowService, shadowReport } from '../services/shadow/shadow-report.ts';
import { handOverService } from '../services/shifts/hand-over-service.ts';
import { reviewersOf } from '../services/watchlists/reviewers-of.ts';
import { watchlistsService } from '../services/watchlists/watchlists-service.ts';
import { CalibrationTable } from '../store/calibration-table.ts';
import { databaseFileName } from '../store/open-database.ts';
import { ShadowTable } from '../store/shadow-table.ts';
import type { Store } from '../store/store.ts';
import { StrangerScoreTable } from '../store/stranger-score-table.ts';
import { diskUse } from '../telemetry/disk-use.ts';
import { blurDetector, faceBlur } from './blur-faces.ts';
import { cameraDetail, cameraViews, previewService } from './cameras-service.ts';
import type { ReloadChanges } from './configuration.ts';
import { detectInStill } from './detect-in-still.ts';
import type { Foundation } from './foundation.ts';
import { healthReport } from './health.ts';
import type { AddedCameras } from './open-added-cameras.ts';
import type { Analysis } from './open-analysis.ts';
import type { Enrolment } from './open-enrolment.ts';
import { openEvidence } from './open-evidence.ts';
import type { Federation } from './open-federation.ts';
import type { OpenFootage } from './open-footage.ts';
import type { OpenGallery } from './open-gallery.ts';
import type { Models } from './open-models.ts';
import type { Sending } from './open-outbox.ts';
import type { Records } from './open-records.ts';
import type { RemoteCameras } from './remote-cameras.ts';
import { systemReport } from './system-report.ts';
import type { TlsKeeper } from './tls-keeper.ts';

/** The parts that the gateway's services are made of. */
export interface Parts {
  readonly foundation: Foundation;
  readonly records: Records;
  readonly models: Models;
  readonly gallery: OpenGallery;
  readonly enrolment: Enrolment;
  readonly analysis: Analysis;
  readonly codec: ImageCodec;
  /** Undefined where TLS is not spoken. */
  readonly tls: TlsKeeper | undefined;
  /** Cameras and watchlists as they were last read. */
  readonly current: () => Config;
  readonly added: AddedCameras;
  readonly sending: Sending;
  readonly push: PushService;
  readonly arming: ArmingService;
  readonly cameraSetup: CameraSetupService;
  readonly onvif: OnvifService;
  readonly profiles: NoiseProfilesService;
  readonly footage: OpenFootage;
  /** Where other nodes pull the cameras. */
  readonly remote: RemoteCameras | undefined;
  readonly federation: Federation;
  readonly reload: (options?: { readonly force?: boolean }) => Promise<ReloadChanges>;
}

/** Everything that the gateway answers from. */
export function gatewayServices(parts: Parts): GatewayServices {
  const { enrolment, foundation, gallery, models, records } = parts;
  const { activity, ledger, live, metrics, now } = foundation;
  const { alerts, audit, store, watchlists } = records;
  const { cameras } = parts.analysis;
  const blind = new BlindJudgement(alerts);
  const threshold = (id: string) => gallery.gallery.threshold(id, models.embedder.model);
  const shownAlerts = alertsService(alerts, records.clips, watchlists.lookAlikes);
  return {
    detections$: live.detections$.asObservable(),
    tracks$: live.tracks$.asObservable(),
    embeddings$: live.embeddings$.asObservable(),
    alerts$: live.alerts$.pipe(map((event) => redactForBroadcast(alerts, event))),
    status$: live.status$.asObservable(),
    ...{ accounts: records.accounts, factors: records.factors, tokens: records.tokens },
    ...{ arming$: live.arming$.asObservable(), siteAlerts$: live.siteAlerts$.asObservable() },
    alerts: shownAlerts,
    watchlists: watchlistsService(watchlists, now, reviewersIn(store, now)),
    ...{ federation: parts.federation.service, siteAlerts: siteAlertsService(store) },
    people: peopleService(
      watchlists,
      {
        enrol: (personId, images, by) => enrol(enrolment.options, personId, images, by),
        grade: (images) => gradeImages(enrolment.options, images),
      },
      blind,
    ),
    lookAlikes: lookAlikesService({
      alerts,
      watchlists,
      embed: (pictures) => embedPictured(pictures, searchPorts(parts)),
    }),
    handOvers: handOverService({ store, audit, alerts: shownAlerts, now }),
    cameras: {
      list: () => cameraViews(cameras, activity),
      get: (id) => cameraDetail(cameras, id, { activity, ledger }),
      configured: () => [
        ...parts.current().cameras.map(({ id }) => id),
        ...parts.added.stored.list().map(({ id }) => id),
      ],
      reload: parts.reload,
    },
    cameraSetup: parts.cameraSetup,
    onvif: parts.onvif,
    footage: parts.footage.service,
    ...openEvidence(foundation, records, evidenceParts(parts)),
    archives: archivesService({ watchlists, imports: enrolment.imports, audit, now }),
    statistics: statisticsService({ store, watchlists, threshold }),
    calibration: calibrationService({
      store,
      audit,
      table: new StrangerScoreTable(store),
      runs: new CalibrationTable(store),
      watchlists,
      model: models.embedder.model,
      threshold,
      now,
    }),
    assessments: parts.analysis.assessments,
    profiles: parts.profiles,
    drift: parts.analysis.drift,
    ...{ arming: parts.arming, receivers: parts.sending.receivers, push: parts.push },
    system: {
      report: () => report(parts),
      card: (name) => models.cards.card(name),
      confirmTime: (by) => records.guard.confirm(by),
    },
    shadow: shadowService(records),
    preview: previewService(cameras, parts.remote !== undefined),
    audit,
    health: () => health(parts),
    metrics: () => metrics.text(),
    search: searchService({
      audit,
      blind,
      search: (request) => searchImage(request, searchPorts(parts)),
    }),
  };
}

function evidenceParts({ codec, footage, models }: Parts) {
  const blur = faceBlur(models.inference.detector(blurDetector), codec);
  // Nobody at a camera waits for it.
  const find = detectInStill(models.inference.background().detector({ inputWidth: 640 }));
  return { codec, blur, find, footage: footage.evidence };
}

function shadowService({ store, watchlists }: Records): ShadowService {
  const table = new ShadowTable(store);
  return { report: (view) => shadowReport({ table, watchlists }, view) };
}

function reviewersIn(store: Store, now: () => number) {
  return (list: Parameters<typeof reviewersOf>[0]) =>
    reviewersOf(list, principalsInForce(store, now()));
}

async function report({ enrolment, foundation, models, records, remote }: Parts) {
  const { dataDir, latencies, ledger, uptimeSeconds } = foundation;
  return systemReport({
    inference: models.inference.health(),
    cards: models.cards,
    latencies,
    ledger,
    store: records.store.health(),
    encrypted: records.store.cipher.keyId !== null,
    templates: enrolment.renewal.status,
    nodes: remote?.nodes() ?? [],
    disk: await diskUse(dataDir, databaseFileName),
    uptimeSeconds: uptimeSeconds(),
  });
}

function unreviewed({ watchlists }: Pick<Records, 'watchlists'>, now: number): string[] {
  const waiting = watchlists.list().filter((list) => awaitsReview(list) && !hasExpired(list, now));
  return waiting.map(({ id }) => id);
}

function health(parts: Parts) {
  const { added, analysis, current, footage, foundation, gallery } = parts;
  const { models, records, sending, tls } = parts;
  return healthReport({
    inference: models.inference.health(),
    store: records.store.health(),
    unstored: records.alerts.unstored(),
    clockHold: records.guard.hold,
    anchorFault: records.anchors?.fault(),
    backupFault: records.backups?.status().fault,
    outdatedLists: gallery.outdatedLists(),
    unreviewedLists: records.store.readOr(() => unreviewed(records, foundation.now()), []),
    cameras: analysis.cameras,
    ledger: foundation.ledger,
    faults: foundation.faults,
    tls: tls?.status,
    idle: idleSettings(
      current(),
      foundation.now(),
      // What cannot be read now is no reason for no answer.
      records.store.readOr(() => added.stored.list(), []),
    ),
    cameraProblems: added.roster.problems,
    receiverProblems: [...sending.receivers.problems(), ...parts.push.problems()],
    armingProblems: parts.arming.problems(),
    footageProblems: footage.problems(),
    clusterProblems: [...(parts.remote?.problems() ?? []), ...parts.federation.problems()],
    now: foundation.now(),
    uptimeSeconds: foundation.uptimeSeconds(),
    closing: foundation.resources.closing,
  });
}

function searchPorts({ analysis, codec, enrolment, gallery, models }: Parts) {
  const { aligner, embedder, enhancer, fuser } = analysis.ports;
  return {
    codec,
    room: enrolment.options.room,
    find: models.find,
    aligner,
    enhancer,
    embedder,
    fuser,
    isLoaded: (id: string) => gallery.gallery.has(id),
    candidates: gallery.candidates,
  };
}

import type { Logger } from 'pino';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Clock } from '../domain/clock.ts';
import type { ClusterRole } from '../domain/cluster.ts';
import type { FrameLedger } from '../domain/frame/ledger.ts';
import type { GatewayServices } from '../gateway/contract/gateway-services.ts';
import { CameraOutages } from '../services/shifts/camera-outages.ts';
import { watchExpiry } from '../services/watchlists/watch-expiry.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { DiskWaits } from '../streams/recorded/disk-waits.ts';
import { sampleRegularly } from '../telemetry/sample-regularly.ts';
import { Configuration, type ReloadChanges } from './configuration.ts';
import { configuredReceivers } from './configured-receivers.ts';
import { type Foundation, layFoundation } from './foundation.ts';
import { credentialCount } from './gateway-access.ts';
import { gatewayServices } from './gateway-services.ts';
import { openAddedCameras, openCameraAdministration, openOnvif } from './open-added-cameras.ts';
import { openAnalysis } from './open-analysis.ts';
import { armingSchedules, followArming, openArming } from './open-arming.ts';
import { openClips } from './open-clips.ts';
import { type Enrolment, openEnrolment } from './open-enrolment.ts';
import { openFederation } from './open-federation.ts';
import { openFootage } from './open-footage.ts';
import { type OpenGallery, openGallery } from './open-gallery.ts';
import { openGateway } from './open-gateway.ts';
import { type Models, openModels } from './open-models.ts';
import { openNoiseProfiles } from './open-noise-profiles.ts';
import { openOidc } from './open-oidc.ts';
import { openSending, type Sending } from './open-outbox.ts';
import { openPushSending } from './open-push.ts';
import { openRecords, type Records } from './open-records.ts';
import { openClusterWay, openRemoteCameras } from './open-remote-cameras.ts';
import { providedAccounts } from './provided-accounts.ts';
import { recordMatching } from './record-matching.ts';
import { TlsKeeper } from './tls-keeper.ts';
import { usesGpu, watchTelemetry } from './watch-telemetry.ts';

export interface NightglassOptions {
  readonly loaded: LoadedConfig;
  /** Reads the configuration again, for reloads. Default: the same file is not read again. */
  readonly readAgain?: () => LoadedConfig;
  /** What this process does of the whole; default: everything. Not "ingest": see `startNode`. */
  readonly roles?: readonly ClusterRole[];
  /** The demo: local visitors need no token. */
  readonly openOnLoopback?: boolean;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Nightglass {
  /** Where the gateway listens, `http://host:port`, with TLS `https://host:port`. */
  readonly address: string;
  /** False when nobody has a token or an account yet. */
  readonly hasCredentials: boolean;
  readonly services: GatewayServices;
  readonly ledger: FrameLedger;
  /** Ends an inference worker as a crash would. For tests of faults. */
  readonly killWorker: (name: string) => void;
  /** Reads cameras, watchlists and receivers again. @throws NightglassError `CONFIG_*`, `SECRET_MISSING`, `STORE_UNWRITABLE` */
  reload(): Promise<ReloadChanges>;
  /** Ends everything in order: cameras, analysis, clients, inference, store. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the live product: opens every room of the program and wires them, from the
 * store up to the gateway. The way of a frame is `analyse.ts`.
 * @throws NightglassError `SECRET_MISSING`, `MODEL_*`, `PROVIDER_UNAVAILABLE`, `STORE_CORRUPT`, `ENVIRONMENT`
 */
export async function startNightglass(options: NightglassOptions): Promise<Nightglass> {
  const foundation = layFoundation(options);
  try {
    return await open(foundation, options);
  } catch (error) {
    await foundation.resources.close();
    throw error;
  }
}

async function open(foundation: Foundation, options: NightglassOptions): Promise<Nightglass> {
  const { clock, ledger, resources } = foundation;
  // Secrets first: a camera that cannot log in should stop the start, not fail later.
  const tls = openTls(foundation);
  const configuration = new Configuration(foundation, options.loaded, options.readAgain, tls);
  const outside = configuredReceivers(foundation);
  const records = openRecords(foundation, configuration.hash, outside);
  const oidc = openOidc(foundation, providedAccounts(foundation, records));
  const sending = openSending(foundation, records, outside);
  const push = openPushSending(foundation, records);
  const models = await openModels(foundation);
  const arming = openArming(foundation, records, {
    all: () => services.cameras.configured(),
    running: () => cameras.list().map(({ wanted }) => wanted.id),
  });
  const cluster = await openClusterWay(foundation, options.roles, () => remote);
  const gallery = await openGallery(foundation, records, models, arming, cluster?.matching);
  const codec = createImageCodec();
  const enrolment = openEnrolment(foundation, records, models, gallery, codec);
  observe(foundation, records, models, gallery, enrolment);
  const configHash = () => added.roster.hash(configuration.hash);
  const clips = openClips(foundation, records);
  const remote = openRemoteCameras(foundation, models, gallery, cluster);
  const from = { codec, configHash, clips, remote, arming };
  const analysis = await openAnalysis(foundation, records, models, gallery, from);
  const { cameras } = analysis;
  const added = openAddedCameras(foundation, records, configuration, cameras, clips, remote);
  const matching = recordMatching(foundation, records, gallery, models, cameras, arming, () => {
    gallery.changes$.next();
    enrolment.renewal.start();
  });
  const reload = async ({ force = false } = {}): Promise<ReloadChanges> => {
    const changes = await configuration.reload(records, added.roster, { sending, models }, force);
    matching.update();
    arming.use(armingSchedules(configuration.current));
    return changes;
  };
  const cameraSetup = openCameraAdministration(
    ...([foundation, records, models, configuration, added, cameras] as const),
    () => {
      matching.update();
      sending.armingChanged();
    },
  );
  const waits = new DiskWaits(clock);
  const noise = { waits, isRemote: remote !== undefined };
  const parts = {
    ...{ foundation, added, cameraSetup, records, models, gallery, enrolment, analysis, remote },
    ...{ arming, codec, reload, tls, sending, push },
    current: () => configuration.current,
    footage: openFootage(foundation, records, models, { codec, configHash, waits }),
    onvif: openOnvif(foundation, records, configuration, added),
    federation: openFederation(foundation, records),
    profiles: openNoiseProfiles(foundation, records, configuration, added, noise),
  };
  const services = gatewayServices(parts);
  countProblems(foundation, services, [sending, new CameraOutages(records.store, clock)]);
  const isOpen = options.openOnLoopback ?? false;
  const gateway = await openGateway(foundation, records, services, isOpen, tls, oidc);
  resources.use(cameras);
  resources.defer(() => matching.stop());
  await configuration.apply(records, added.roster);
  remote?.start();
  followArming(foundation, records, arming, sending, () => {
    gallery.changes$.next();
    matching.update();
  });
  arming.use(armingSchedules(configuration.current));
  matching.update();
  enrolment.renewal.start();
  return {
    address: gateway.address,
    hasCredentials: oidc !== undefined || credentialCount(records) > 0,
    services,
    ledger,
    killWorker: (name) => models.inference.killWorker(name),
    reload: async () => recorded(await reload(), records),
    close: () => resources.close(),
  };
}

function openTls(foundation: Foundation): TlsKeeper | undefined {
  const { tls } = foundation.config.server;
  return tls && new TlsKeeper(foundation, tls);
}

/** A reload that nobody who is signed in asked for is on record too. */
function recorded(changes: ReloadChanges, { audit }: Records): ReloadChanges {
  const { added, changed, removed } = changes;
  const detail = { by: 'signal', added, changed, removed };
  audit.append({ who: 'system', what: 'cameras.reloaded', target: '', detail });
  return changes;
}

/** What looks on: metrics and warnings. */
function observe(
  { clock, config, dataDir, log, metrics, resources }: Foundation,
  { alerts, store, watchlists }: Records,
  { embedder, inference }: Models,
  { gallery }: OpenGallery,
  { renewal }: Enrolment,
): void {
  resources.defer(
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
      renewal: () => renewal.status,
      usesGpu: usesGpu(inference.providers(), config.cameras),
    }),
  );
  resources.defer(watchExpiry({ clock, lists: () => watchlists.list(), log }));
}

/** Keeps the metric of what is wrong up to date, and tells who follows faults of cameras. */
function countProblems(
  { clock, metrics, resources }: Foundation,
  services: GatewayServices,
  followers: readonly Pick<Sending, 'observe'>[],
): void {
  const work = async () => {
    const { problems } = await services.health();
    metrics.system.problems(problems.map(({ code }) => code));
    const ofCameras = problems.flatMap((problem) =>
      problem.cameraId === undefined ? [] : [{ ...problem, cameraId: problem.cameraId }],
    );
    for (const follower of followers) follower.observe(ofCameras);
  };
  resources.defer(sampleRegularly({ clock, intervalMs: 5_000, work }));
}

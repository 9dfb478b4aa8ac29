import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { followOrders } from '../cluster/camera-orders.ts';
import { ClusterLink } from '../cluster/cluster-link.ts';
import { KeyframeSender } from '../cluster/keyframe-sender.ts';
import { LeaseKeeper } from '../cluster/lease-keeper.ts';
import type { LiveSender } from '../cluster/live-sender.ts';
import { NodeReports } from '../cluster/node-reports.ts';
import { WorkClient } from '../cluster/work-client.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Clock } from '../domain/clock.ts';
import type { NodeReport } from '../domain/cluster.ts';
import { PartShare } from '../domain/part-share.ts';
import { similarityLevels } from '../services/search/similarity-levels.ts';
import { createImageCodec } from '../streams/image-codec.ts';
import { sampleRegularly } from '../telemetry/sample-regularly.ts';
import type { AnalysisListener } from './analysis-contract.ts';
import { CameraCosts } from './camera-costs.ts';
import { clusterOptions } from './cluster-access.ts';
import { followAnalysis } from './follow-analysis.ts';
import { type Foundation, layFoundation } from './foundation.ts';
import { NodeCameras } from './node-cameras.ts';
import { openNodeMetrics } from './node-metrics.ts';
import { type Models, openModels } from './open-models.ts';
import { orderedCamera } from './ordered-camera.ts';
import { sendLive } from './send-live.ts';
import { version } from './version.ts';

const ingestRoles = ['ingest', 'inference'] as const;
const pullRoles = ['ingest'] as const;
/** Closer looks under way at once, of all cameras. */
const partsAtOnce = 12;
const reportEveryMs = 1_000;
const soonMs = 100;
/** Cores are measured over so many reports. */
const costEveryMs = 5_000;

export interface IngestNode {
  readonly node: string;
  /** Cameras that it pulls at this moment. */
  cameras(): string[];
  /** Hands its cameras over and ends in order. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a node that pulls cameras and recognises faces, or has others do that, and holds neither watchlists nor alerts:
 * what it finds goes to the control node.
 * @throws NightglassError `CLUSTER_*`, `CONFIG_INVALID`, `SECRET_MISSING`, `MODEL_*`, `PROVIDER_UNAVAILABLE`
 */
export async function startNode(options: {
  readonly loaded: LoadedConfig;
  readonly log: Logger;
  /** Leaves faces to nodes that do nothing else. */
  readonly isPullOnly?: boolean;
  readonly clock?: Clock;
  readonly env?: NodeJS.ProcessEnv;
}): Promise<IngestNode> {
  const foundation = layFoundation(options);
  try {
    return await open(foundation, options.isPullOnly === true);
  } catch (error) {
    await foundation.resources.close();
    throw error;
  }
}

async function open(foundation: Foundation, isPullOnly: boolean): Promise<IngestNode> {
  const { clock, config, log, resources } = foundation;
  const access = clusterOptions(foundation, 'ingest');
  if (config.cameras.length > 0) {
    log.warn(
      {},
      'Cameras of the configuration of an ingest node are not used: the control node names them',
    );
  }
  const link = resources.use(await ClusterLink.open(access));
  if (isPullOnly) await link.assertWork();
  const models = await openModels(foundation, { use: isPullOnly ? 'detect' : 'all' });
  const elsewhere = isPullOnly
    ? resources.use(new WorkClient({ link, models: models.inference.modelsHash }))
    : undefined;
  const sender = resources.use(
    new KeyframeSender({
      link,
      queueBytes: config.cluster?.queue ?? 0,
      maxAge: config.cluster?.stream.maxAge ?? 0,
    }),
  );
  const live = sendLive(foundation, link);
  const costs = measuredCosts(foundation);
  let soon: () => void = () => undefined;
  const analysed = new Map<string, number>();
  const cameras = resources.use(
    new NodeCameras({
      foundation,
      ports: { ...facePorts(foundation, models), ...(elsewhere && { elsewhere }) },
      listener: listenerOf(foundation, (cameraId) => {
        costs.analysed(cameraId);
        analysed.set(cameraId, clock.monotonic());
      }),
      codec: createImageCodec(),
      costs,
      send: (event) => sender.send(event),
      onLive: () => soon(),
      analysedAgo(cameraId) {
        const at = analysed.get(cameraId);
        return at === undefined ? null : clock.monotonic() - at;
      },
    }),
  );
  const reports = resources.use(new NodeReports(link));
  await openNodeMetrics(foundation, models, link, reports);
  resources.defer(takeOrders(foundation, link, cameras));
  const keeper = new LeaseKeeper({
    link,
    wanted: () => cameras.wanted,
    nodes: () => reports.list(),
    costs: () => costs.costs,
    start: (id) => cameras.start(id),
    stop: (id) => cameras.stop(id),
  });
  resources.use(keeper);
  const from = { cameras, elsewhere, keeper, link, live, models, reports, sender };
  const tell = reporter(foundation, from);
  let left = false;
  // One that has taken leave must not come back as one that is lost.
  const work = async () => (left ? undefined : tell());
  soon = soonAfter(clock, work);
  resources.defer(sampleRegularly({ clock, intervalMs: reportEveryMs, work }));
  let closing: Promise<void> | undefined;
  const close = async () => {
    await keeper.drain(tell);
    left = true;
    await reports.leave().catch(() => undefined);
    await resources.close();
  };
  return {
    node: link.node,
    cameras: () => keeper.held,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** Has the cameras follow what the control node orders. @returns stops */
function takeOrders(
  { log }: Foundation,
  link: ClusterLink,
  cameras: NodeCameras,
): () => Promise<void> {
  return followOrders(link, (id, order) => {
    try {
      cameras.order(id, order === undefined ? undefined : orderedCamera(order));
    } catch (error) {
      log.error({ err: error, cameraId: id }, 'A camera cannot be taken');
    }
  });
}

/** A camera that is back is told of before the next regular report; several at once in one. */
function soonAfter(clock: Clock, work: () => Promise<void>): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    clock.after(soonMs, () => {
      isDue = false;
      void work();
    });
  };
}

/** Tells the others of this node. */
function reporter(
  { clock, config }: Foundation,
  from: {
    readonly cameras: NodeCameras;
    readonly elsewhere: WorkClient | undefined;
    readonly keeper: LeaseKeeper;
    readonly link: ClusterLink;
    readonly live: Pick<LiveSender, 'drops'>;
    readonly models: Models;
    readonly reports: NodeReports;
    readonly sender: KeyframeSender;
  },
): () => Promise<void> {
  const { cameras, elsewhere, keeper, link, live, models, reports, sender } = from;
  const facts = {
    node: link.node,
    roles: elsewhere === undefined ? ingestRoles : pullRoles,
    version,
    models: models.inference.modelsHash,
    cores: availableParallelism(),
    maxCameras: config.cluster?.maxCameras ?? 0,
  };
  return async () => {
    const { sent } = sender;
    const waiting = sender.waiting + (elsewhere?.waiting ?? 0);
    const drops = [...sender.drops, ...live.drops, ...(elsewhere?.drops ?? [])];
    const { draining } = keeper;
    const now = { at: clock.now(), draining, cameras: cameras.list(), drops, sent, waiting };
    const report: NodeReport = { ...facts, ...now };
    // Without an answer the next one says it.
    await reports.tell(report).catch(() => undefined);
  };
}

function measuredCosts({ clock, resources }: Foundation): CameraCosts {
  const costs = new CameraCosts(cpuSeconds(), clock.monotonic());
  const work = async () => costs.measure(cpuSeconds(), clock.monotonic());
  resources.defer(sampleRegularly({ clock, intervalMs: costEveryMs, work }));
  return costs;
}

function facePorts({ clock }: Foundation, { detector, embedder, inference }: Models) {
  return {
    ...{ detector, embedder, clock },
    aligner: inference.aligner(),
    partShare: new PartShare({ total: partsAtOnce, clock }),
    enhancer: inference.enhancer(),
    fuser: inference.fuser(),
    strangerBelow: () => similarityLevels(inference.calibration).stranger,
  };
}

/** Nobody asks a node about assessments, strangers, people or other models: the control node sees all faces. */
const nobody = {
  assessments: { scene: () => undefined, graded: () => undefined, event: () => undefined },
  strangers: { matched: () => undefined, ended: () => undefined },
  // The control node counts them, of the same keyframes.
  drift: { graded: () => undefined, keyframe: () => undefined, brightness: () => undefined },
  people: { seen: () => undefined },
  shadow: { matched: () => undefined, ended: () => undefined, raised: () => undefined },
} as const;

function listenerOf(
  { activity, faults, live, log, metrics }: Foundation,
  onAnalysed: (cameraId: string) => void,
): AnalysisListener {
  const { stages } = metrics;
  const given = { ...nobody, ...{ metrics, activity, faults, live, stages, log, traces: null } };
  const listener = followAnalysis(given);
  const { quality } = listener.left;
  return {
    ...listener,
    left: {
      ...listener.left,
      quality(graded, cameraId) {
        quality?.(graded, cameraId);
        if (graded.frame !== null) onAnalysed(cameraId);
      },
    },
  };
}

/** Of this process, all threads. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { ClusterLink } from '../cluster/cluster-link.ts';
import { NodeReports } from '../cluster/node-reports.ts';
import { WorkServer } from '../cluster/work-server.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Clock } from '../domain/clock.ts';
import type { NodeReport } from '../domain/cluster.ts';
import { recogniseOne } from '../operators/recognise-one.ts';
import { sampleRegularly } from '../telemetry/sample-regularly.ts';
import { clusterOptions } from './cluster-access.ts';
import { type Foundation, layFoundation } from './foundation.ts';
import { openNodeMetrics } from './node-metrics.ts';
import { openModels } from './open-models.ts';
import { version } from './version.ts';

const roles = ['inference'] as const;
const reportEveryMs = 1_000;
/** Faces at work at once: a full batch of the recogniser is being made while another one fills. */
const facesAtOnce = 16;

export interface InferenceNode {
  readonly node: string;
  /** Finishes what it has taken. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a node that recognises faces of others: it pulls no camera and holds no watchlist, no alert.
 * @throws NightglassError `CLUSTER_*`, `CONFIG_INVALID`, `SECRET_MISSING`, `MODEL_*`, `PROVIDER_UNAVAILABLE`
 */
export async function startInferenceNode(options: {
  readonly loaded: LoadedConfig;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly env?: NodeJS.ProcessEnv;
}): Promise<InferenceNode> {
  const foundation = layFoundation(options);
  try {
    return await open(foundation);
  } catch (error) {
    await foundation.resources.close();
    throw error;
  }
}

async function open(foundation: Foundation): Promise<InferenceNode> {
  const { clock, resources } = foundation;
  const link = resources.use(await ClusterLink.open(clusterOptions(foundation, 'inference')));
  await link.assertWork();
  const models = await openModels(foundation, { use: 'recognise' });
  const { embedder, inference } = models;
  const reports = resources.use(new NodeReports(link));
  await openNodeMetrics(foundation, models, link, reports);
  const ports = {
    ...{ embedder, aligner: inference.aligner() },
    ...{ enhancer: inference.enhancer(), fuser: inference.fuser() },
  };
  const server = resources.use(
    new WorkServer({
      link,
      models: inference.modelsHash,
      concurrency: facesAtOnce,
      recogniser: { recognise: (keyframe) => recogniseOne(keyframe, ports) },
    }),
  );
  let draining = false;
  let left = false;
  const facts = {
    ...{ node: link.node, roles, version },
    models: inference.modelsHash,
    ...{ cores: availableParallelism(), maxCameras: 0, cameras: [], drops: [] },
    ...{ waiting: 0, sent: { keyframes: 0, bytes: 0 } },
  } as const;
  const tell = async () => {
    if (left) return;
    const report: NodeReport = { ...facts, at: clock.now(), draining };
    // Without an answer the next one says it.
    await reports.tell(report).catch(() => undefined);
  };
  resources.defer(sampleRegularly({ clock, intervalMs: reportEveryMs, work: tell }));
  await tell();
  let closing: Promise<void> | undefined;
  const close = async () => {
    draining = true;
    await tell();
    await server.close();
    left = true;
    await reports.leave().catch(() => undefined);
    await resources.close();
  };
  return {
    node: link.node,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

import type { ClusterNode } from '../domain/cluster.ts';
import type { FrameLedger } from '../domain/frame/ledger.ts';
import type { InferenceHealth } from '../inference/inference.ts';
import type { RenewalStatus } from '../services/enrolment/template-renewal.ts';
import type { SystemReport } from '../services/system/system.ts';
import type { StoreHealth } from '../store/store.ts';
import type { DiskUse } from '../telemetry/machine-metrics.ts';
import type { LatencySummary, RecentLatencies } from '../telemetry/recent-latencies.ts';
import { providersOf } from './health.ts';
import type { ModelCards } from './model-cards.ts';

/** Name under which `RecentLatencies` keeps capture to publication. */
export const alertLatency = 'alert latency';

export interface SystemSources {
  readonly inference: InferenceHealth;
  readonly cards: Pick<ModelCards, 'file'>;
  readonly latencies: Pick<RecentLatencies, 'summary' | 'windowSeconds'>;
  readonly ledger: FrameLedger;
  readonly store: StoreHealth;
  /** Whether what shows or describes a face is encrypted on the disk. */
  readonly encrypted: boolean;
  readonly templates: RenewalStatus | undefined;
  readonly nodes: readonly ClusterNode[];
  /** Undefined when the folder cannot be read. */
  readonly disk: DiskUse | undefined;
  readonly uptimeSeconds: number;
}

/** What runs, on what, and how fast. */
export function systemReport(from: SystemSources): SystemReport {
  const { inference, cards, latencies, ledger, store, disk } = from;
  const summary = latencies.summary();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    uptimeSeconds: from.uptimeSeconds,
    node: process.versions.node,
    providers: providersOf(inference),
    models: inference.models.map(({ model, task, provider, precision, sha256, partly }) => {
      const file = cards.file(task, model, precision);
      return {
        name: model,
        task,
        version: file?.version ?? '',
        sha256,
        bytes: file?.bytes ?? 0,
        precision,
        provider,
        partly,
        licence: file?.licence ?? '',
        card: file?.card ?? false,
      };
    }),
    templates: from.templates ?? { model: '', pending: 0, renewed: 0, failed: [] },
    disabled: inference.disabled.map(({ task, effect }) => ({ task, effect })),
    workers: inference.workers.map(({ name, state }) => ({ name, state })),
    queues: inference.queues.map(({ operation, depth, limit }) => ({
      queue: operation,
      depth,
      limit,
    })),
    windowSeconds: latencies.windowSeconds,
    stages: summary
      .filter(({ name }) => name !== alertLatency)
      .map(({ name, ...latency }) => ({ stage: name, ...latency })),
    alertLatency: alertLatencyOf(summary),
    framesMade: [...ledger.made()].map(([cameraId, count]) => ({ cameraId, count })),
    drops: ledger.drops(),
    framesLive: ledger.live,
    nodes: from.nodes.map(nodeFacts),
    store: {
      writable: store.durable,
      mode: store.mode,
      encrypted: from.encrypted,
      ...(store.reason === undefined ? {} : { message: store.reason }),
      bytes: disk?.database ?? null,
      freeBytes: disk?.free ?? null,
    },
    memory: { residentBytes: rss, heapBytes: heapUsed },
  };
}

function nodeFacts({ lost, report, seenAt }: ClusterNode): SystemReport['nodes'][number] {
  const { cameras, cores, draining, node, roles, sent, version, waiting } = report;
  return {
    ...{ node, roles, version, seenAt, cores, waiting, sent },
    state: lost ? 'lost' : draining ? 'draining' : 'up',
    load: lost ? 0 : cameras.reduce((sum, { cost }) => sum + (cost ?? 0), 0),
    cameras: lost ? [] : cameras.map(({ status }) => status.cameraId),
  };
}

function alertLatencyOf(summary: readonly LatencySummary[]): SystemReport['alertLatency'] {
  const found = summary.find(({ name }) => name === alertLatency);
  if (found === undefined) return null;
  const { count, median, p99 } = found;
  return { count, median, p99 };
}

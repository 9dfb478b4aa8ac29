import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { ClusterLink } from '../cluster/cluster-link.ts';
import { MatchingServer } from '../cluster/matching-server.ts';
import { NodeReports } from '../cluster/node-reports.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { clusterBounds } from '../domain/bounds.ts';
import type { Clock } from '../domain/clock.ts';
import type { NodeReport } from '../domain/cluster.ts';
import { HeldParts } from '../services/search/held-parts.ts';
import { sampleRegularly } from '../telemetry/sample-regularly.ts';
import { clusterOptions } from './cluster-access.ts';
import { type Foundation, layFoundation } from './foundation.ts';
import { openNodeMetrics } from './node-metrics.ts';
import { version } from './version.ts';

const roles = ['matching'] as const;
const reportEveryMs = 1_000;
const drainEveryMs = 100;

export interface MatchingNode {
  readonly node: string;
  /** Leaves once others hold what it held, or after some seconds. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a node that holds parts of watchlists in memory and compares faces with them for the control
 * node: it needs no models and no store, and knows no names.
 * @throws NightglassError `CLUSTER_*`, `CONFIG_INVALID`, `SECRET_MISSING`
 */
export async function startMatchingNode(options: {
  readonly loaded: LoadedConfig;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly env?: NodeJS.ProcessEnv;
}): Promise<MatchingNode> {
  const foundation = layFoundation(options);
  try {
    return await open(foundation);
  } catch (error) {
    await foundation.resources.close();
    throw error;
  }
}

async function open(foundation: Foundation): Promise<MatchingNode> {
  const { clock, resources } = foundation;
  const link = resources.use(await ClusterLink.open(clusterOptions(foundation, 'matching')));
  const parts = new HeldParts();
  resources.defer(() => parts.close());
  const server = new MatchingServer({ link, parts });
  resources.defer(() => server.close());
  const reports = resources.use(new NodeReports(link));
  await openNodeMetrics(foundation, null, link, reports);
  let draining = false;
  let left = false;
  const facts = {
    ...{ node: link.node, roles, version, models: '' },
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
    const until = clock.monotonic() + clusterBounds.matching.drainMs;
    while (parts.size > 0 && clock.monotonic() < until) {
      await new Promise<void>((resolve) => clock.after(drainEveryMs, resolve));
    }
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

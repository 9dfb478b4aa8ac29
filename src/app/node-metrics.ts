import type { ClusterLink } from '../cluster/cluster-link.ts';
import type { NodeReports } from '../cluster/node-reports.ts';
import { readSecret } from '../config/secret.ts';
import { openMetricsServer } from '../gateway/metrics-server.ts';
import { sampleRegularly } from '../telemetry/sample-regularly.ts';
import type { Foundation } from './foundation.ts';
import type { Models } from './open-models.ts';

const sampleEveryMs = 5_000;

/**
 * Metrics of a node that has no gateway: of its cameras, its models (null: it has none) and its way
 * to the server.
 * Served where `cluster.metrics` says so.
 * @throws NightglassError `ENVIRONMENT`, `SECRET_MISSING`
 */
export async function openNodeMetrics(
  { baseDir, clock, config: { cluster }, env, log, metrics, resources }: Foundation,
  models: Models | null,
  link: ClusterLink,
  reports: NodeReports,
): Promise<void> {
  const wanted = cluster?.metrics;
  if (wanted === undefined) return;
  metrics.cluster.watch(() => ({
    connected: link.connected,
    // Of the others the control node speaks.
    nodes: reports.list().filter(({ report }) => report.node === link.node),
    pending: null,
    held: new Map(),
  }));
  if (models !== null) {
    const { inference } = models;
    metrics.watch({ inference: () => inference.health(), workers: () => inference.usage() });
    const work = () => inference.sampleUsage();
    resources.defer(sampleRegularly({ clock, intervalMs: sampleEveryMs, work }));
    resources.defer(() =>
      metrics.watch({ inference: () => ({ models: [], queues: [] }), workers: () => [] }),
    );
  }
  const { host, port, token } = wanted;
  const server = resources.use(
    await openMetricsServer({
      ...{ host, port },
      token: token === undefined ? null : readSecret(token, 'cluster.metrics.token', baseDir, env),
      metrics: () => metrics.text(),
    }),
  );
  log.info({ address: server.address }, 'Metrics of this node are served');
}

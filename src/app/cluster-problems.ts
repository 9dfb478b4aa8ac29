import { clusterBounds } from '../domain/bounds.ts';
import type { ClusterNode, ClusterRole } from '../domain/cluster.ts';
import type { HealthReport } from '../services/system/health.ts';

/** A drop is spoken of for so long, milliseconds. */
const spokenOf = 60_000;

/** What is wrong beyond this machine, for `/healthz` and the dashboard. */
export function clusterProblems(from: {
  readonly connected: boolean;
  readonly nodes: readonly ClusterNode[];
  /** Of the models here, as one value. */
  readonly models: string;
  /** Lists that no matching node has whole; undefined: this node compares itself. */
  readonly missing: readonly string[] | undefined;
  readonly backlog: { readonly pending: number; readonly age: number };
  /** Milliseconds since a face was dropped here. */
  readonly droppedAgo: number;
}): HealthReport['problems'][number][] {
  const problems: HealthReport['problems'][number][] = [];
  if (!from.connected) {
    problems.push({
      code: 'CLUSTER_UNREACHABLE',
      message: 'The NATS server cannot be reached: faces of remote cameras wait at their nodes.',
    });
  }
  for (const { dropping, lost, report, seenAt, skew } of from.nodes) {
    const { node } = report;
    if (lost) {
      problems.push({
        code: 'CLUSTER_NODE_LOST',
        message: `Node ${node} has not been heard since ${new Date(seenAt).toISOString()}: others take its cameras.`,
      });
      continue;
    }
    // One without models only compares.
    if (report.models !== '' && report.models !== from.models) {
      problems.push({
        code: 'CLUSTER_DIFFERS',
        message: `Node ${node} has other models than the control node: install the same on both.`,
      });
    }
    if (Math.abs(skew) > clusterBounds.skewMs) {
      problems.push({
        code: 'CLUSTER_DIFFERS',
        message: `The clock of node ${node} differs by about ${(skew / 1000).toFixed(1)} s: set both by NTP.`,
      });
    }
    if (dropping.includes('full')) {
      problems.push({
        code: 'CLUSTER_BEHIND',
        message: `Node ${node} holds messages that the server does not take, and has dropped older ones within the last minute: ${report.waiting} wait now.`,
      });
    }
    if (dropping.includes('busy')) {
      problems.push({
        code: 'CLUSTER_BEHIND',
        message: `Node ${node} finds more faces than other nodes recognise: the newest go first, and older ones were dropped within the last minute. Start another node with --roles inference.`,
      });
    }
  }
  const heard = from.nodes.filter(({ lost }) => !lost).map(({ report }) => report.roles);
  if (
    heard.some((roles) => roles.includes('ingest') && !roles.includes('inference')) &&
    !heard.some((roles) => roles.includes('inference') && !roles.includes('ingest'))
  ) {
    problems.push({
      code: 'CLUSTER_BEHIND',
      message:
        'Nodes pull cameras and no node recognises faces for them: start one with --roles inference.',
    });
  }
  problems.push(...matchingProblems(from.missing, heard));
  const { pending, age } = from.backlog;
  if (pending > 0 && age > clusterBounds.behindMs) {
    problems.push({
      code: 'CLUSTER_BEHIND',
      message: `${pending} messages of remote cameras wait, the one at work for ${Math.round(age / 1000)} s: this node is too slow, or was away.`,
    });
  } else if (from.droppedAgo < spokenOf) {
    problems.push({
      code: 'CLUSTER_BEHIND',
      message:
        'Faces of remote cameras were dropped in the last minute: see nightglass_cluster_dropped_total.',
    });
  }
  return problems;
}

/** What is wrong with who compares faces with the lists. */
function matchingProblems(
  missing: readonly string[] | undefined,
  heard: readonly (readonly ClusterRole[])[],
): HealthReport['problems'] {
  const isHeard = heard.some((roles) => roles.includes('matching'));
  if (missing === undefined) {
    if (!isHeard) return [];
    const message =
      'A node with --roles matching has nothing to do: this one compares faces itself. Start it with --roles control.';
    return [{ code: 'CLUSTER_DIFFERS', message }];
  }
  if (!isHeard) {
    const message =
      'No node compares faces with the watchlists: start one with --roles matching. Faces wait until then.';
    return [{ code: 'CLUSTER_BEHIND', message }];
  }
  if (missing.length === 0) return [];
  const names = missing.slice(0, 3).join(', ');
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  const message = `Matching nodes have not the whole of ${names}${more} yet: faces wait.`;
  return [{ code: 'CLUSTER_BEHIND', message }];
}

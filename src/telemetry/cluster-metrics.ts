import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import {
  type ClusterDropReason,
  type ClusterNode,
  clusterDropReasons,
  type NodeDrops,
} from '../domain/cluster.ts';

/** Where a node stands. A closed set: it is a metric's label. */
export const nodeStates = ['up', 'draining', 'lost'] as const;

/** What is asked at each scrape. */
export interface ClusterState {
  readonly connected: boolean;
  readonly nodes: readonly ClusterNode[];
  /** Null: nothing is held for this process. */
  readonly pending: number | null;
  /** Templates that matching nodes hold, by node. */
  readonly held: ReadonlyMap<string, number>;
}

export interface ClusterMetrics {
  watch(state: () => ClusterState): void;
  received(camera: string, bytes: number, isKeyframe: boolean, ageSeconds: number): void;
  redelivered(camera: string): void;
  /** @param camera empty: one that nobody knows */
  dropped(camera: string, reason: ClusterDropReason, count: number): void;
  /** What a node says that it dropped since it started. */
  reported(node: string, drops: readonly NodeDrops[]): void;
  forget(camera: string): void;
}

/** What nodes of one installation send each other; nothing where there is one process alone. */
export function registerClusterMetrics(registry: Registry): ClusterMetrics {
  const registers = [registry];
  let state: (() => ClusterState) | undefined;
  registerLevels(registry, () => state?.());
  const keyframes = new Counter({
    name: 'nightglass_cluster_keyframes_total',
    help: 'Faces that came from other nodes',
    labelNames: ['camera'],
    registers,
  });
  const bytes = new Histogram({
    name: 'nightglass_cluster_message_bytes',
    help: 'Size of what came from other nodes, sealed: faces and notes on tracks',
    buckets: [256, 1_024, 16_384, 65_536, 131_072, 262_144, 524_288, 1_048_576],
    registers,
  });
  const transit = new Histogram({
    name: 'nightglass_cluster_transit_seconds',
    help: 'Time from when the server stored a message until it was taken, by the clocks of both',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers,
  });
  const again = new Counter({
    name: 'nightglass_cluster_redelivered_total',
    help: 'Messages that the server gave out again because nobody had said that they were dealt with',
    labelNames: ['camera'],
    registers,
  });
  const dropped = new Counter({
    name: 'nightglass_cluster_dropped_total',
    help: 'Faces and notes of remote cameras that were dropped, at their node or here; `live`: boxes and tracks for who looks; `unanswered`: no node recognised the face in time; `busy`: nodes that recognise had no room for it before newer ones',
    labelNames: ['camera', 'reason'],
    registers,
  });
  /** By node, then by camera and reason: what was counted already. */
  const counted = new Map<string, Map<string, number>>();
  return {
    watch(next) {
      state = next;
    },
    received(camera, size, isKeyframe, ageSeconds) {
      if (isKeyframe) keyframes.inc({ camera });
      bytes.observe(size);
      transit.observe(ageSeconds);
    },
    redelivered: (camera) => again.inc({ camera }),
    dropped: (camera, reason, count) => dropped.inc({ camera, reason }, count),
    reported(node, drops) {
      const before = counted.get(node) ?? new Map<string, number>();
      counted.set(node, new Map(drops.map((drop) => [keyOf(drop), drop.count])));
      for (const drop of drops) {
        const known = before.get(keyOf(drop)) ?? 0;
        // A node that started again counts from 0.
        const more = drop.count >= known ? drop.count - known : drop.count;
        if (more > 0) dropped.inc({ camera: drop.cameraId, reason: drop.reason }, more);
      }
    },
    forget(camera) {
      keyframes.remove({ camera });
      again.remove({ camera });
      for (const reason of clusterDropReasons) dropped.remove({ camera, reason });
    },
  };
}

function keyOf({ cameraId, reason }: NodeDrops): string {
  return `${cameraId} ${reason}`;
}

function registerLevels(registry: Registry, state: () => ClusterState | undefined): void {
  const level = (
    name: string,
    help: string,
    labelNames: readonly string[],
    fill: (gauge: Gauge, now: ClusterState) => void,
  ) =>
    new Gauge({
      ...{ name, help, labelNames, registers: [registry] },
      collect() {
        this.reset();
        const now = state();
        if (now !== undefined) fill(this as Gauge, now);
      },
    });
  level(
    'nightglass_cluster_connected',
    '1 while NATS is reached, 0 while it is not',
    [],
    (gauge, now) => gauge.set(now.connected ? 1 : 0),
  );
  level(
    'nightglass_cluster_pending',
    'Messages that the server holds for this node',
    [],
    (gauge, { pending }) => {
      if (pending !== null) gauge.set(pending);
    },
  );
  level('nightglass_cluster_nodes', 'Nodes by where they stand', ['state'], (gauge, { nodes }) => {
    const states = nodes.map(({ lost, report }) =>
      lost ? 'lost' : report.draining ? 'draining' : 'up',
    );
    for (const state of nodeStates) {
      gauge.set({ state }, states.filter((each) => each === state).length);
    }
  });
  const each = (name: string, help: string, value: (node: ClusterNode) => number) =>
    level(name, help, ['member'], (gauge, { nodes }) => {
      for (const node of nodes) gauge.set({ member: node.report.node }, value(node));
    });
  level(
    'nightglass_cluster_node_templates',
    'Templates of the watchlists that a matching node holds',
    ['member'],
    (gauge, { held }) => {
      for (const [member, templates] of held) gauge.set({ member }, templates);
    },
  );
  each('nightglass_cluster_node_up', '1 while a node is heard, 0 while it is not', ({ lost }) =>
    lost ? 0 : 1,
  );
  each('nightglass_cluster_node_cameras', 'Cameras that a node pulls', ({ lost, report }) =>
    lost ? 0 : report.cameras.length,
  );
  each(
    'nightglass_cluster_node_load',
    'Cores that the cameras of a node take, as it measures',
    ({ report }) => report.cameras.reduce((sum, { cost }) => sum + (cost ?? 0), 0),
  );
  each(
    'nightglass_cluster_node_waiting',
    'Messages that wait in a node for the server',
    ({ report }) => report.waiting,
  );
  each(
    'nightglass_cluster_node_sent_bytes',
    'What a node has sent since it started, sealed',
    ({ report }) => report.sent.bytes,
  );
  each(
    'nightglass_cluster_node_clock_difference_seconds',
    'Clock of a node against this one, transit included',
    ({ skew }) => skew / 1000,
  );
}

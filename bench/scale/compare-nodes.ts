import { percent, table } from '../markdown.ts';
import type { NodesRun } from './check-nodes.ts';
import { runSite } from './run-site.ts';
import type { ServiceTimes } from './service-times.ts';
import type { Site } from './site.ts';

/** A simulation of what real nodes did: the same cameras, as many faces, as many alerts. */
export interface Simulated {
  readonly coresANode: number;
  /** Processor time a second of all nodes, the control node and NATS. */
  readonly cores: number;
  /** Of all cameras together, a second. */
  readonly analysed: number;
  readonly latency: { readonly n: number; readonly p50: number; readonly p99: number };
}

/** @param coresANode that a simulated node has for itself; the real ones share the machine's */
export function simulateNodes(run: NodesRun, times: ServiceTimes, coresANode: number): Simulated {
  const site = siteLike(run, times, coresANode);
  const { alerts, drops, framesDue, used } = runSite(site, times);
  const lost = drops.busy + drops.decode;
  return {
    coresANode,
    cores: used.cores * coresANode * run.nodes + used.control + used.nats,
    analysed: (framesDue - Math.min(framesDue, lost)) / site.seconds,
    latency: alerts,
  };
}

function siteLike(run: NodesRun, { camera }: ServiceTimes, coresANode: number): Site {
  const { alerts, analysed, cameras, faces, keyframes, nodes } = run;
  // People who are seen once each, as many as there were keyframes, in view for as many frames.
  const peopleAMinute = Math.min(600, (keyframes * 60) / cameras);
  const inView = Math.min(1, faces / Math.max(1e-9, analysed));
  return {
    ...{ cameras, nodes, busyShare: 1, peopleAMinute, facesAPerson: 1 },
    inViewSeconds: Math.min(60, Math.max(0.2, (inView * 60) / Math.max(1, peopleAMinute))),
    listedShare: Math.min(1, alerts / Math.max(1e-9, keyframes)),
    ...{ templates: 100, coresANode, detectThreads: 1, faceThreads: 1, assumedGpu: 1 },
    ...{ framesPerSecond: camera.framesPerSecond, analysedPerSecond: camera.analysedPerSecond },
    // Long enough for quantiles that do not depend on the seed.
    ...{ seconds: 300, warmUpSeconds: 5, seed: 1 },
  };
}

/** What was measured beside what the simulation says, Markdown. */
export function compareNodes(run: NodesRun, simulated: readonly Simulated[]): string {
  const latency = ({ n, p50, p99 }: NodesRun['latency']) =>
    n === 0 ? '–' : `${p50.toFixed(0)} / ${p99.toFixed(0)} ms (${n})`;
  const columns = [
    'real nodes',
    ...simulated.map(({ coresANode }) => `simulated, ${coresANode} cores a node`),
  ];
  const all = [run, ...simulated];
  return [
    `${run.nodes} nodes with ${run.cameras} cameras for ${run.seconds.toFixed(0)} s: the machine was ${percent(run.busyBefore)} busy before and ${percent(run.busy)} meanwhile, with the virtual cameras; ${run.keyframes.toFixed(1)} keyframes and ${run.alerts.toFixed(1)} alerts a second.`,
    table(
      ['', ...columns],
      [
        ['frames analysed a second', ...all.map(({ analysed }) => analysed.toFixed(1))],
        [
          'processor time of all nodes and NATS, cores',
          ...all.map(({ cores }) => cores.toFixed(2)),
        ],
        ['capture to alert, p50 / p99 (n)', ...all.map((each) => latency(each.latency))],
      ],
    ),
  ].join('\n\n');
}

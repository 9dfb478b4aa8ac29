import { summarise } from '../samples.ts';
import { ControlRun } from './control-run.ts';
import { type NodeResult, NodeRun, type Sent } from './node-run.ts';
import type { ServiceTimes } from './service-times.ts';
import { type DropReason, dropReasons, type Site } from './site.ts';

/** What has to be held: alerts in time, and frames that are not lost. */
const bounds = { alertP99Ms: 1000, lostShare: 0.001, used: 0.95 } as const;

/** Parts that can be too busy. */
export type Part = keyof NodeResult['used'] | 'nats' | 'control';

export interface SiteResult {
  readonly site: Site;
  /** Milliseconds from capture. */
  readonly matched: { readonly n: number; readonly p50: number; readonly p99: number };
  readonly alerts: { readonly n: number; readonly p50: number; readonly p99: number };
  /** Share of time in use, 0..1; of nodes the busiest one. */
  readonly used: Readonly<Record<Part, number>>;
  readonly busiest: Part;
  readonly drops: Readonly<Record<DropReason, number>>;
  readonly framesDue: number;
  readonly messagesASecond: number;
  readonly waiting: number;
  /** What broke, in words; empty where all is held. */
  readonly broken: readonly string[];
}

/**
 * Simulates a site: each node by itself, then what all of them send through NATS and the control
 * node, from which nothing goes back.
 * @param step told after each node
 */
export function runSite(
  site: Site,
  times: ServiceTimes,
  step: (done: number, of: number) => void = () => undefined,
): SiteResult {
  const nodes: NodeResult[] = [];
  const sent: Sent[] = [];
  for (let at = 0; at < site.nodes; at += 1) {
    const node = new NodeRun(site, times, site.seed * 100_003 + at).run(camerasOf(site, at));
    for (const each of node.sent) sent.push(each);
    nodes.push({ ...node, sent: [] });
    step(at + 1, site.nodes);
  }
  sent.sort((a, b) => a.at - b.at);
  const control = new ControlRun(site, times, site.seed * 100_003 - 1).run(sent);
  const most = (part: keyof NodeResult['used']) => Math.max(...nodes.map(({ used }) => used[part]));
  const used: Record<Part, number> = {
    cores: most('cores'),
    loop: most('loop'),
    detect: most('detect'),
    faces: most('faces'),
    ...control.used,
  };
  const drops = Object.fromEntries(
    dropReasons.map((reason) => [
      reason,
      nodes.reduce((sum, node) => sum + (node.drops[reason] ?? 0), 0),
    ]),
  ) as Record<DropReason, number>;
  const framesDue = nodes.reduce((sum, node) => sum + node.framesDue, 0);
  const matched = latencies(control.matched);
  const found = { matched, alerts: latencies(control.alerts), used, drops, framesDue };
  return {
    ...{ site, ...found },
    busiest: (Object.keys(used) as Part[]).reduce((a, b) => (used[b] > used[a] ? b : a)),
    messagesASecond: control.messages / site.seconds,
    waiting: control.waiting,
    broken: whatBroke({ ...found, waiting: control.waiting, messages: control.messages }),
  };
}

/** Cameras of a node: as even as it can be. */
function camerasOf({ cameras, nodes }: Site, node: number): number {
  return Math.floor(((node + 1) * cameras) / nodes) - Math.floor((node * cameras) / nodes);
}

function latencies(values: readonly number[]) {
  const { n, median, p99 } = summarise(values);
  return { n, p50: median, p99 };
}

interface Found extends Pick<SiteResult, 'matched' | 'alerts' | 'used' | 'drops' | 'framesDue'> {
  readonly waiting: number;
  readonly messages: number;
}

function whatBroke({ matched, alerts, used, drops, framesDue, waiting, messages }: Found) {
  const lost = dropReasons.reduce((sum, reason) => sum + drops[reason], 0);
  const p99 = Math.max(matched.p99, alerts.n > 0 ? alerts.p99 : 0);
  return [
    ...Object.entries(used)
      .filter(([, share]) => share > bounds.used)
      .map(([part, share]) => `${part} ${Math.round(share * 100)} % in use`),
    ...(lost > framesDue * bounds.lostShare
      ? [`${lost} of ${framesDue} frames or faces lost`]
      : []),
    ...(p99 > bounds.alertP99Ms ? [`alerts p99 ${Math.round(p99)} ms`] : []),
    ...(waiting > messages * 0.02 + 50 ? [`${waiting} messages wait at the end`] : []),
  ];
}

/**
 * The most cameras of this kind that one node holds, by halving.
 * @returns 0 where it does not hold one
 */
export function camerasANode(site: Site, times: ServiceTimes): number {
  const holds = (cameras: number): boolean => {
    const alone = { ...site, cameras, nodes: 1, templates: 1 };
    return runSite(alone, times).broken.length === 0;
  };
  let [low, high] = [0, 1];
  while (high <= site.cameras && holds(high)) [low, high] = [high, high * 2];
  high = Math.min(high, site.cameras + 1);
  while (high - low > Math.max(1, Math.floor(low / 50))) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

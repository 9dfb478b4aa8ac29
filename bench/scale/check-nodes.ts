import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFootage } from '../../demo/footage/footage-file.ts';
import { ClusterRun } from '../cluster/cluster-run.ts';
import { type EventClient, openEventClient } from '../event-client.ts';
import { FootageStore } from '../footage.ts';
import { busyShare } from '../machine.ts';
import { phasedLoops } from '../phased-loops.ts';
import { growth, parseScrape, type Scrape } from '../prometheus.ts';
import { summarise } from '../samples.ts';
import { treeSeconds } from '../video/process-tree.ts';

export interface CheckOptions {
  readonly manifest: string;
  readonly root: string;
  readonly nodes: number;
  readonly cameras: number;
  readonly seconds: number;
  say(line: string): void;
}

/** What real nodes did. */
export interface NodesRun {
  readonly nodes: number;
  readonly cameras: number;
  readonly seconds: number;
  /** Of all cameras together, a second. */
  readonly analysed: number;
  readonly keyframes: number;
  /** Found in these frames, and those of which an alert came. */
  readonly faces: number;
  readonly alerts: number;
  /** Processor time a second of all nodes, the control node and NATS. */
  readonly cores: number;
  /** Milliseconds from capture until a client has the alert. */
  readonly latency: { readonly n: number; readonly p50: number; readonly p99: number };
  /** Share of the machine in use, 0..1: before, and meanwhile, the virtual cameras included. */
  readonly busyBefore: number;
  readonly busy: number;
}

/** No camera changed its node for so long, milliseconds. */
const settledMs = 20_000;

/**
 * Lets real nodes, NATS and a control node with SQLite pull virtual cameras on this machine.
 * @throws Error where there is no footage or a process does not start
 */
export async function runNodes(options: CheckOptions): Promise<NodesRun> {
  const { cameras, manifest, nodes, root, say, seconds } = options;
  const workDir = join(root, 'data/bench');
  await using store = new FootageStore(workDir, {
    ...{ manifest, footage: undefined, cacheDir: join(root, 'data/demo'), say },
  });
  const footage = await readFootage(await store.get('usual'));
  const source = footage?.cameras[0]?.source;
  if (footage === undefined || source === undefined) throw new Error('There is no footage');
  const busyBefore = await busyShare(1000);
  const folder = await mkdtemp(join(workDir, 'check-'));
  try {
    await using stack = new AsyncDisposableStack();
    const run = stack.use(
      await ClusterRun.start({
        ...{ folder, manifest, people: footage.people, apart: true },
        sources: Object.fromEntries(
          phasedLoops(source, cameras).map((loop, at) => [`camera-${at + 1}`, loop]),
        ),
        // Each track is an alert, so that there are enough to time.
        config: { alerts: { quietPeriod: '0ms', joinWithin: '0ms' } },
      }),
    );
    const names = Array.from({ length: nodes }, (_, at) => `edge-${at + 1}`);
    for (const name of names) await run.startNode(name);
    const { address, token } = run.apart.access;
    const client = stack.use(await openEventClient(address, token));
    say(`${nodes} nodes with ${cameras} cameras: warming up`);
    const places = await settled(run, cameras);
    say(`measuring for ${seconds} s`);
    const found = await measured(run, names, client, seconds * 1000);
    // Counters of a camera end with it on the node that it leaves.
    if ((await placesOf(run)) !== places) throw new Error('Cameras went to other nodes meanwhile');
    return { nodes, cameras, busyBefore, ...found };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits until all cameras are pulled and none has gone to another node for a while. */
async function settled(run: ClusterRun, cameras: number): Promise<string> {
  const until = performance.now() + 180_000;
  let known = '';
  let since = performance.now();
  for (;;) {
    const now = await placesOf(run);
    if (now !== known) since = performance.now();
    known = now;
    const isWhole = known.split(' ').length === cameras;
    if (isWhole && performance.now() - since > settledMs) return known;
    if (performance.now() > until) throw new Error(`Cameras find no place: ${known}`);
    await sleep(500);
  }
}

async function placesOf(run: ClusterRun): Promise<string> {
  const holders = await run.holders();
  return [...holders]
    .map((pair) => pair.join('@'))
    .sort()
    .join(' ');
}

async function measured(
  run: ClusterRun,
  names: readonly string[],
  client: EventClient,
  length: number,
): Promise<Omit<NodesRun, 'nodes' | 'cameras' | 'busyBefore'>> {
  const scrapes = async () => ({
    nodes: await Promise.all(names.map(async (name) => parseScrape(await run.nodeMetrics(name)))),
    control: parseScrape(await run.apart.metrics()),
  });
  const before = await scrapes();
  client.reset();
  const [spentBefore, start] = [spent(), performance.now()];
  const busy = await busyShare(length);
  const [after, spentAfter, end] = [await scrapes(), spent(), performance.now()];
  const seconds = (end - start) / 1000;
  const ofNodes = (name: string) =>
    before.nodes.reduce(
      (sum, scrape, at) => sum + growth(scrape, after.nodes[at] as Scrape, name),
      0,
    ) / seconds;
  const ofControl = (name: string) => growth(before.control, after.control, name) / seconds;
  const { n, median, p99 } = summarise(client.latencies.alert);
  return {
    seconds,
    analysed: ofNodes('nightglass_frames_analysed_total'),
    keyframes: ofNodes('nightglass_keyframes_total'),
    faces: ofNodes('nightglass_faces_total'),
    alerts: ofControl('nightglass_alerts_total') + ofControl('nightglass_alert_sightings_total'),
    cores: (spentAfter - spentBefore) / seconds,
    latency: { n, p50: median, p99 },
    busy,
  };
}

/** Of all programs that this one started; the cameras are in this one. */
function spent(): number {
  const { system, user } = process.cpuUsage();
  return treeSeconds(process.pid) - (user + system) / 1e6;
}

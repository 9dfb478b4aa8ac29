import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoFootage } from '../../demo/footage/demo-footage.ts';
import { phasedLoops } from '../phased-loops.ts';
import { growth, parseScrape, type Scrape } from '../prometheus.ts';
import { treeSeconds } from '../video/process-tree.ts';
import { ClusterRun } from './cluster-run.ts';
import { PostgresServer } from './postgres-server.ts';

export interface ThroughputOptions {
  /** One process with SQLite, or a node and a control node with NATS and PostgreSQL. */
  readonly kind: 'alone' | 'cluster';
  readonly manifest: string;
  readonly workDir: string;
  readonly footage: DemoFootage;
  /** More than the machine can look at. */
  readonly cameras: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** What was done a second. */
export interface Throughput {
  /** Frames whose faces were found, tracked and graded. */
  readonly analysed: number;
  /** Faces chosen to be recognised. */
  readonly keyframes: number;
  /** Alerts and sightings, stored. */
  readonly alerts: number;
  /** Processor time of all programs but the cameras, seconds. */
  readonly cores: number;
}

/** Lets more pictures come than can be looked at, and counts what is done. */
export async function measureThroughput(options: ThroughputOptions): Promise<Throughput> {
  const { cameras, footage, kind, manifest, seconds, warmUpSeconds, workDir } = options;
  const source = footage.cameras[0]?.source;
  if (source === undefined) throw new TypeError('there is no footage');
  const folder = await mkdtemp(join(workDir, 'throughput-'));
  try {
    await using stack = new AsyncDisposableStack();
    const postgres = kind === 'cluster' ? stack.use(await PostgresServer.start()) : undefined;
    const run = stack.use(
      await ClusterRun.start({
        ...{ folder, manifest, people: footage.people, apart: true, alone: kind === 'alone' },
        sources: Object.fromEntries(
          phasedLoops(source, cameras).map((loop, at) => [`camera-${at + 1}`, loop]),
        ),
        // Each track is an alert: more of them than any real place has.
        config: { alerts: { quietPeriod: '0ms', joinWithin: '0ms' } },
        ...(postgres && {
          control: {
            config: { store: { url: { env: 'STORE_URL' } } },
            env: { STORE_URL: postgres.url },
          },
        }),
      }),
    );
    if (kind === 'cluster') await run.startNode('edge-1');
    const scrape = async (): Promise<readonly [control: Scrape, pulling: Scrape]> => {
      const control = parseScrape(await run.apart.metrics());
      if (kind === 'alone') return [control, control];
      return [control, parseScrape(await run.nodeMetrics('edge-1'))];
    };
    await sleep(warmUpSeconds * 1000);
    const [before, spentBefore, start] = [await scrape(), spent(), performance.now()];
    await sleep(seconds * 1000);
    const [after, spentAfter, end] = [await scrape(), spent(), performance.now()];
    const perSecond = (value: number) => (value * 1000) / (end - start);
    const grown = (at: 0 | 1, name: string) => growth(before[at], after[at], name);
    return {
      analysed: perSecond(grown(1, 'nightglass_frames_analysed_total')),
      keyframes: perSecond(grown(1, 'nightglass_keyframes_total')),
      alerts: perSecond(
        grown(0, 'nightglass_alerts_total') + grown(0, 'nightglass_alert_sightings_total'),
      ),
      cores: perSecond(spentAfter - spentBefore),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of all programs that this one started; the cameras are in this one. */
function spent(): number {
  const { system, user } = process.cpuUsage();
  return treeSeconds(process.pid) - (user + system) / 1e6;
}

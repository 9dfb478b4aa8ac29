import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeMachine } from '../machine.ts';
import { table } from '../markdown.ts';
import { residentMemory } from '../resident-memory.ts';
import { spread } from '../samples.ts';
import { ClusterRun } from './cluster-run.ts';
import { noNats } from './nats-server.ts';

const manifest = join(import.meta.dirname, '..', '..', 'models', 'manifest.json');
const kinds = ['ingest', 'inference', 'ingest,inference'] as const;
/** After a node said that it is ready, milliseconds. */
const restMs = 5_000;

/**
 * `node bench/cluster/node-weight-process.ts [--rounds 5]`: what a node of each kind weighs that has
 * no camera yet: seconds from the start of its process until it is ready, and resident memory five
 * seconds later. NATS and the control node run beside it. Linux alone; Markdown on standard output.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
  if (noNats) throw new Error(noNats);
  const folder = await mkdtemp(join(tmpdir(), 'nightglass-node-weight-'));
  try {
    await using run = await ClusterRun.start({ folder, manifest, sources: {}, people: [] });
    const measured = new Map(kinds.map((kind) => [kind, { seconds: [], mib: [] } as Measured]));
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const [kind, { mib, seconds }] of measured) {
        const name = `edge-${round}-${kinds.indexOf(kind)}`;
        const started = performance.now();
        await run.startNode(name, kind);
        seconds.push((performance.now() - started) / 1000);
        await sleep(restMs);
        mib.push((await residentMemory(run.pidOf(name))).now);
        await run.endNode(name, 'SIGTERM');
      }
    }
    const { commit, cores, cpu, date, node } = describeMachine();
    const load = `load ${(loadavg()[0] ?? 0).toFixed(1)}`;
    const machine = [`${cores} cores (${cpu})`, `Node ${node}`, load, date, commit].join(', ');
    process.stdout.write(`${machine}\n\n${report(measured)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly seconds: number[];
  readonly mib: number[];
}

function report(measured: ReadonlyMap<string, Measured>): string {
  const rows = [...measured].map(([kind, { mib, seconds }]) => [
    `\`--roles ${kind}\``,
    `${said(seconds, 2)} s`,
    `${said(mib, 0)} MiB`,
    String(mib.length),
  ]);
  return table(['node', 'ready after', 'resident', 'starts'], rows);
}

function said(values: readonly number[], digits: number): string {
  const { high, low, median } = spread(values);
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

await main();

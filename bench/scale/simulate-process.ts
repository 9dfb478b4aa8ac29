/*
 * Simulates sites of many cameras by measured service times.
 *
 *   npm run simulate -- --help
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { endOnSignals } from '../ending.ts';
import { runNodes } from './check-nodes.ts';
import { compareNodes, simulateNodes } from './compare-nodes.ts';
import { measureServiceTimes } from './measure-service-times.ts';
import { camerasANode, runSite, type SiteResult } from './run-site.ts';
import { readServiceTimes, type ServiceTimes } from './service-times.ts';
import type { Site } from './site.ts';
import { siteChart, siteReport } from './site-report.ts';

const root = join(import.meta.dirname, '../..');
const timesFile = join(root, 'data/bench/results/service-times.json');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const number =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= low && value <= high))
      throw new InvalidArgumentError(`must be ${low} to ${high}`);
    return value;
  };
const whole =
  (low: number, high: number) =>
  (text: string): number => {
    const value = number(low, high)(text);
    if (!Number.isInteger(value)) throw new InvalidArgumentError('must be a whole number');
    return value;
  };
const counts = (text: string): number[] => text.split(',').map(whole(1, 50_000));

interface Options {
  readonly cameras: readonly number[];
  readonly nodes?: number;
  readonly busy: number;
  readonly people: number;
  readonly faces: number;
  readonly inView: number;
  readonly listed: number;
  readonly templates: number;
  readonly cores: number;
  readonly detectThreads: number;
  readonly faceThreads: number;
  readonly assumeGpu: number;
  readonly seconds: number;
  readonly seed: number;
  readonly times: string;
  readonly chart?: string;
  readonly json?: string;
}

const program = new Command('npm run simulate --')
  .description(
    'Simulates nodes, NATS and the control node by service times that were measured here.',
  )
  .enablePositionalOptions();

program
  .command('run', { isDefault: true })
  .description('simulate sites and say what breaks first')
  .option('--cameras <list>', 'numbers of cameras, 1 to 50000', counts, [1000, 20_000])
  .option('--nodes <n>', 'nodes (default: as many as are needed)', whole(1, 5000))
  .option('--busy <share>', 'share of the cameras that see people', number(0, 1), 0.3)
  .option('--people <n>', 'people who pass a busy camera a minute', number(0, 600), 4)
  .option('--faces <n>', 'faces that are sent of each', whole(1, 20), 3)
  .option('--in-view <s>', 'seconds that each is in view', number(0.2, 60), 4)
  .option('--listed <share>', 'share of them who are on a list', number(0, 1), 0.02)
  .option('--templates <n>', 'templates in the gallery', whole(1, 10_000_000), 10_000)
  .option('--cores <n>', 'cores of a node', whole(1, 512), 16)
  .option('--detect-threads <n>', 'threads of a node that detect', whole(1, 64), 4)
  .option('--face-threads <n>', 'threads of a node that recognise', whole(1, 64), 2)
  .option(
    '--assume-gpu <x>',
    'ASSUME models so many times faster, off the cores',
    number(1, 100),
    1,
  )
  .option('--seconds <n>', 'simulated time that is measured', whole(5, 600), 20)
  .option('--seed <n>', 'of all random values', whole(1, 1_000_000), 1)
  .option('--times <file>', 'measured service times', timesFile)
  .option('--chart <file>', 'also draw the parts in use, as SVG')
  .option('--json <file>', 'also write all figures as JSON')
  .action(run);

program
  .command('measure')
  .description('measure the service times on this machine; takes some minutes and nats-server')
  .option('--manifest <file>', 'model manifest', join(root, 'models/manifest.json'))
  .option('--seconds <n>', 'length of each live run', whole(5, 300), 15)
  .option('--out <file>', 'where they are written', timesFile)
  .action(measure);

program
  .command('check')
  .description(
    'compare a simulation with real nodes on this machine; takes minutes and nats-server',
  )
  .option('--manifest <file>', 'model manifest', join(root, 'models/manifest.json'))
  .option('--nodes <n>', 'nodes', whole(1, 8), 3)
  .option('--cameras <n>', 'cameras of all of them', whole(1, 64), 3)
  .option('--seconds <n>', 'measured time', whole(10, 900), 60)
  .option('--times <file>', 'measured service times', timesFile)
  .option('--json <file>', 'also write all figures as JSON')
  .action(check);

endOnSignals();
await program.parseAsync().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

async function measure(options: { manifest: string; seconds: number; out: string }): Promise<void> {
  const { manifest, seconds, out } = options;
  const times = await measureServiceTimes({ manifest: resolve(manifest), root, seconds, say });
  await mkdir(dirname(resolve(out)), { recursive: true });
  await writeFile(out, `${JSON.stringify(times, (_, value) => rounded(value), 1)}\n`);
  say(`Written to ${out}`);
}

interface CheckArguments {
  readonly manifest: string;
  readonly nodes: number;
  readonly cameras: number;
  readonly seconds: number;
  readonly times: string;
  readonly json?: string;
}

async function check(options: CheckArguments): Promise<void> {
  const times = readServiceTimes(await readTimes(options.times));
  const manifest = resolve(options.manifest);
  const real = await runNodes({ ...options, manifest, root, say });
  // They share the machine's cores: what one has for itself lies between its share and all of them.
  const share = Math.max(1, Math.floor(times.machine.cores / options.nodes));
  const cores = [...new Set([share, times.machine.cores])];
  const simulated = cores.map((each) => simulateNodes(real, times, each));
  process.stdout.write(`${compareNodes(real, simulated)}\n`);
  if (options.json === undefined) return;
  await mkdir(dirname(resolve(options.json)), { recursive: true });
  await writeFile(options.json, `${JSON.stringify({ real, simulated }, null, 1)}\n`);
}

async function run(options: Options): Promise<void> {
  const times = readServiceTimes(await readTimes(options.times));
  const results: SiteResult[] = [];
  const held = camerasANode(siteOf(options, times, Math.max(...options.cameras), 1), times);
  say(`A node holds ${held} cameras of this kind`);
  for (const cameras of options.cameras) {
    const nodes = options.nodes ?? Math.ceil(cameras / Math.max(1, held));
    const site = siteOf(options, times, cameras, Math.min(nodes, cameras));
    let said = 0;
    const result = runSite(site, times, (done, of) => {
      if (done < of && done - said < of / 10) return;
      said = done;
      say(`${cameras} cameras: ${done} of ${of} nodes`);
    });
    results.push(result);
  }
  process.stdout.write(`${siteReport(results, held, times)}\n`);
  for (const [file, content] of [
    [options.chart, siteChart(results)],
    [options.json, `${JSON.stringify({ held, results }, null, 1)}\n`],
  ] as const) {
    if (file === undefined) continue;
    await mkdir(dirname(resolve(file)), { recursive: true });
    await writeFile(file, content);
  }
}

async function readTimes(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new Error(`Cannot read ${file}: measure first (npm run simulate -- measure)`);
  }
}

function siteOf(options: Options, { camera }: ServiceTimes, cameras: number, nodes: number): Site {
  return {
    ...{ cameras, nodes, busyShare: options.busy, peopleAMinute: options.people },
    ...{ facesAPerson: options.faces, inViewSeconds: options.inView },
    ...{ listedShare: options.listed, templates: options.templates, coresANode: options.cores },
    ...{ detectThreads: options.detectThreads, faceThreads: options.faceThreads },
    ...{ assumedGpu: options.assumeGpu, framesPerSecond: camera.framesPerSecond },
    ...{ analysedPerSecond: camera.analysedPerSecond, seconds: options.seconds },
    ...{ warmUpSeconds: 5, seed: options.seed },
  };
}

function rounded(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(5))
    : value;
}

/*
 * Measures the live product as operators run it and writes the figures down.
 *
 *   npm run bench -- --help
 */

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { runChild } from './child.ts';
import { type FloorResult, measureFloor } from './floor.ts';
import { type LatencyResult, measureLatency } from './latency.ts';
import { describeMachine, type Machine } from './machine.ts';
import { prepareFootage } from './prepare-footage.ts';
import {
  describeConditions,
  floorReport,
  latencyReport,
  type Sections,
  soakReport,
  writeSections,
} from './report.ts';
import { measureSoak, type SoakResult } from './soak.ts';

const benches = ['latency', 'floor', 'soak', 'gallery', 'inference'] as const;
type Bench = (typeof benches)[number];

interface Options {
  readonly only: readonly Bench[];
  readonly seconds: number;
  readonly warmUp: number;
  readonly minutes: number;
  readonly cameras: readonly number[];
  readonly manifest: string;
  readonly footage?: string;
  readonly profile?: string;
  readonly json?: string;
  readonly write?: boolean;
}

interface Results {
  machine: Machine;
  latency?: LatencyResult[];
  floor?: FloorResult;
  soak?: SoakResult;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const document = join(root, 'docs/performance.md');
const workDir = join(root, 'data/bench');
const floorCameras = 4;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above 0');
  return value;
};
const list = (text: string): number[] =>
  text.split(',').map((part) => {
    if (!/^[1-9]\d*$/.test(part)) throw new InvalidArgumentError('must be like 1,4,8');
    return Number(part);
  });
const choose = (text: string): Bench[] =>
  text.split(',').map((part) => {
    const found = benches.find((bench) => bench === part);
    if (found === undefined) throw new InvalidArgumentError(`must be of ${benches.join(', ')}`);
    return found;
  });

const program = new Command('npm run bench --')
  .description(
    'Measures the live product: cameras in one process, the program as operators run it in another, a client in a third.',
  )
  .option('--only <benches>', `some of ${benches.join(',')}`, choose, [...benches])
  .option('--seconds <n>', 'measured time of each latency run', positive, 60)
  .option('--warm-up <n>', 'seconds before anything is measured', positive, 8)
  .option('--minutes <n>', 'length of the soak', positive, 10)
  .option('--cameras <list>', 'numbers of cameras for latency', list, [1, 4, 8])
  .option('--manifest <file>', 'model manifest', join(root, 'models/manifest.json'))
  .option('--footage <file>', "a recording instead of the demo's lobby")
  .option('--profile <dir>', 'CPU profiles of the product go here; figures are then worse')
  .option('--json <file>', 'also write all figures as JSON')
  .option('--write', 'also put the tables into docs/performance.md')
  .addHelpText(
    'after',
    '\nAll of it takes about 17 minutes: latency 4, floor 1 (with latency), soak 10, the rest 2.',
  );

await main(program.parse().opts<Options>());

async function main(options: Options): Promise<void> {
  const results: Results = { machine: describeMachine() };
  const manifest = resolve(options.manifest);
  const conditions = describeConditions(
    results.machine,
    options.footage === undefined ? "the demo's lobby" : basename(options.footage),
    manifest.startsWith(root) ? manifest.slice(root.length) : basename(manifest),
  );
  const sections: Sections = { conditions };
  await mkdir(workDir, { recursive: true });
  const footage = join(workDir, `${process.pid}.footage`);
  try {
    if (options.only.some((bench) => ['latency', 'floor', 'soak'].includes(bench))) {
      await prepareFootage(footage, {
        manifest,
        footage: options.footage,
        cacheDir: join(root, 'data/demo'),
        say,
      });
    }
    await measure(options, { manifest, footage, results, sections });
  } finally {
    await rm(footage, { force: true });
  }
  for (const [name, body] of Object.entries(sections)) {
    process.stdout.write(name === 'conditions' ? `${body}\n` : `\n## ${name}\n\n${body}\n`);
  }
  if (options.json !== undefined) {
    await mkdir(dirname(resolve(options.json)), { recursive: true });
    await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);
  }
  if (options.write === true) {
    await writeFile(document, writeSections(await readFile(document, 'utf8'), sections));
    say(`Written to ${document}`);
  }
}

async function measure(
  options: Options,
  context: { manifest: string; footage: string; results: Results; sections: Sections },
): Promise<void> {
  const { manifest, footage, results, sections } = context;
  const { only, seconds, warmUp, profile } = options;
  const live = { manifest, footage, workDir };
  const latencyAt = (cameras: number): Promise<LatencyResult> => {
    say(`Latency with ${cameras} cameras: ${seconds} s`);
    return measureLatency({ ...live, cameras, seconds, warmUpSeconds: warmUp, profile });
  };
  await attempt('latency', async () => {
    results.latency = [];
    for (const cameras of options.cameras) results.latency.push(await latencyAt(cameras));
    return latencyReport(results.latency);
  });
  await attempt('floor', async () => {
    const known = results.latency?.find(({ cameras }) => cameras === floorCameras);
    const run = known ?? (await latencyAt(floorCameras));
    say('The floor: the same work in a bare loop');
    results.floor = await measureFloor(run, footage, manifest);
    return floorReport(results.floor);
  });
  await attempt('soak', async () => {
    const { minutes } = options;
    say(`Soak: ${minutes} min`);
    results.soak = await measureSoak({ ...live, cameras: floorCameras, minutes });
    return soakReport(results.soak);
  });
  for (const bench of ['gallery', 'inference'] as const) {
    await attempt(bench, async () => {
      say(`Running bench/${bench}.ts`);
      const printed = await runChild({ args: [join(import.meta.dirname, `${bench}.ts`)] });
      return `\`\`\`text\n${printed.trimEnd()}\n\`\`\``;
    });
  }

  /** What fails is said, and what was measured is not lost for it. */
  async function attempt(bench: Bench, work: () => Promise<string>): Promise<void> {
    if (!only.includes(bench)) return;
    try {
      sections[bench] = await work();
    } catch (error) {
      process.exitCode = 1;
      say(`${bench} failed: ${error instanceof Error ? error.message.slice(0, 2000) : error}`);
    }
  }
}

/*
 * Measures the product and writes the figures down.
 *
 *   npm run bench -- --help
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import {
  type Bench,
  type BenchContext,
  type BenchReport,
  type FootageKind,
  footageKinds,
  type MotionMode,
  motionModes,
  Skipped,
} from '../bench.ts';
import { fillSection, writeSections } from '../document.ts';
import { endOnSignals, isEnding } from '../ending.ts';
import { FootageStore } from '../footage.ts';
import { busyShare, describeMachine, type Machine } from '../machine.ts';
import { benches } from './benches.ts';

interface Options {
  readonly only?: readonly Bench[];
  readonly quick?: boolean;
  readonly runs?: number;
  readonly seconds?: number;
  readonly warmUp?: number;
  readonly minutes: number;
  readonly cameras: readonly number[];
  readonly manifest: string;
  readonly footage?: string;
  readonly profile?: string;
  readonly precision?: string;
  readonly motion?: MotionMode;
  readonly play?: readonly FootageKind[];
  readonly json?: string;
  readonly write?: boolean;
}

/** A measurement as it is kept. */
interface Kept {
  readonly machine: Machine;
  readonly command: string;
  readonly figures?: unknown;
  readonly bound?: string;
  readonly skipped?: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const document = join(root, 'docs/performance.md');
const committed = join(root, 'docs/performance');
const workDir = join(root, 'data/bench');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above 0');
  return value;
};
const whole = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('must be 1, 2, 3 …');
  return Number(text);
};
const list = (text: string): number[] => text.split(',').map(whole);
const motionMode = (text: string): MotionMode => {
  const mode = motionModes.find((known) => known === text);
  if (mode === undefined) throw new InvalidArgumentError(`must be of ${motionModes.join(', ')}`);
  return mode;
};
const kinds = (text: string): FootageKind[] =>
  text.split(',').map((name) => {
    const kind = footageKinds.find((known) => known === name);
    if (kind === undefined) throw new InvalidArgumentError(`must be of ${footageKinds.join(', ')}`);
    return kind;
  });
const choose = (text: string): Bench[] =>
  text.split(',').flatMap((name) => {
    if (name === 'all') return benches;
    const found = benches.find((bench) => bench.name === name);
    const names = benches.map((bench) => bench.name).join(', ');
    if (found === undefined) throw new InvalidArgumentError(`must be all, or of ${names}`);
    return found;
  });

const program = new Command('npm run bench --')
  .description(
    'Measures the product against floors and peers: cameras in one process, the program as operators run it in another, a client in a third.',
  )
  .argument('[names...]', 'what to measure, or all', (text: string, before: Bench[] = []) => [
    ...before,
    ...choose(text),
  ])
  .option('--only <names>', 'the same as a list with commas', choose)
  .option('--quick', 'rough figures in a few minutes: short runs, each once')
  .option('--runs <n>', 'how often each figure is measured (default: 3, with --quick 1)', whole)
  .option('--seconds <n>', 'measured time of a live run (default: 20, with --quick 4)', positive)
  .option('--warm-up <n>', 'seconds before that (default: 6, with --quick 2)', positive)
  .option('--minutes <n>', 'length of the soak', positive, 60)
  .option('--cameras <list>', 'numbers of cameras for latency', list, [1, 4, 8])
  .option('--manifest <file>', 'model manifest', join(root, 'models/manifest.json'))
  .option('--footage <file>', "a recording instead of the demo's lobby")
  .option('--profile <dir>', 'CPU profiles of the product go here; figures are then worse')
  .option(
    '--motion <mode>',
    "the cameras' motion: on, off, rest (default: the product's)",
    motionMode,
  )
  .option('--play <kinds>', 'footage for cameras: usual, full-hd, quiet (default: all)', kinds)
  .option('--precision <name>', "the product's models.precision: auto, fp32, int8")
  .option('--json <file>', 'also write all figures as JSON')
  .option('--write', 'also put tables and pictures into docs/performance.md and docs/performance/')
  .addHelpText(
    'after',
    `\nMeasurements, all of them without a name:\n${benches
      .map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`)
      .join('\n')}\n\nFigures and tables of each are kept in data/bench/results.`,
  );

endOnSignals();
program.parse();
await main(program.opts<Options>(), (program.processedArgs[0] as Bench[] | undefined) ?? []);

async function main(options: Options, named: readonly Bench[]): Promise<void> {
  const asked = [...named, ...(options.only ?? [])];
  const chosen = benches.filter((bench) => asked.length === 0 || asked.includes(bench));
  await mkdir(workDir, { recursive: true });
  const busyBefore = await busyShare(1000);
  const machine = { ...describeMachine(), busyBefore };
  const { context, footage } = prepare(options);
  await using store = footage;
  const kept: Record<string, Kept> = {};
  const command = `npm run bench -- ${process.argv
    .slice(2)
    .filter((word) => word !== '--write')
    .join(' ')}`;
  for (const bench of chosen) {
    const started = performance.now();
    const outcome = await attempt(bench, context);
    const seconds = Math.round((performance.now() - started) / 1000);
    say(`${bench.name}: ${outcome.failed ?? outcome.skipped ?? 'done'} (${seconds} s)`);
    if (outcome.failed !== undefined) {
      process.exitCode = 1;
      continue;
    }
    const { report, skipped } = outcome;
    if (report !== undefined) context.before.set(bench.name, report.figures);
    const { figures, bound } = report ?? {};
    const facts = { machine, command, figures, bound, skipped };
    kept[bench.name] = facts as Kept;
    const body = section(machine, command.trim(), report, skipped);
    process.stdout.write(`\n## ${bench.name}\n\n${body}\n`);
    await keep(bench.name, body, facts as Kept, report);
    // After each: what was measured is not lost when a later one fails.
    if (options.write === true) await publish(bench.name, body, facts as Kept, report);
  }
  if (options.json !== undefined) {
    await mkdir(dirname(resolve(options.json)), { recursive: true });
    await writeFile(options.json, json(kept));
  }
  if (options.write === true) say(`Written to ${document}`);
  void store;
}

function prepare(options: Options): {
  context: BenchContext & { readonly before: Map<string, unknown> };
  footage: FootageStore;
} {
  const quick = options.quick === true;
  const manifest = resolve(options.manifest);
  const footage = new FootageStore(workDir, {
    ...{ manifest, footage: options.footage, cacheDir: join(root, 'data/demo'), say },
  });
  const context = {
    manifest,
    recording: options.footage,
    footage: (kind: Parameters<FootageStore['get']>[0]) => footage.get(kind),
    workDir,
    quick,
    runs: options.runs ?? (quick ? 1 : 3),
    seconds: options.seconds ?? (quick ? 4 : 20),
    warmUpSeconds: options.warmUp ?? (quick ? 2 : 6),
    minutes: options.minutes,
    cameras: quick ? options.cameras.filter((count) => count <= 4) : options.cameras,
    profile: options.profile,
    precision: options.precision,
    motion: options.motion,
    play: options.play,
    before: new Map<string, unknown>(),
    say,
  };
  return { context, footage };
}

interface Outcome {
  readonly report?: BenchReport;
  readonly skipped?: string;
  readonly failed?: string;
}

/** What fails or cannot be measured here is said, and does not keep the others from being measured. */
async function attempt(bench: Bench, context: BenchContext): Promise<Outcome> {
  try {
    return { report: await bench.run(context) };
  } catch (error) {
    // What a signal ends has not failed, and nothing comes after it.
    if (isEnding()) await new Promise(() => undefined);
    if (error instanceof Skipped) return { skipped: `skipped: ${error.message}` };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { failed: `failed: ${message.slice(0, 2000)}` };
  }
}

function section(
  machine: Machine,
  command: string,
  report: BenchReport | undefined,
  skipped: string | undefined,
): string {
  const { cpu, cores, memoryGiB, node, date, commit, busyBefore = Number.NaN } = machine;
  const where = `${date} at commit ${commit} on ${cores} cores of ${cpu}, ${memoryGiB} GiB, Node ${node}`;
  if (report === undefined) return `Not measured on ${where}: ${skipped}.`;
  return [
    `\`${command}\`, measured ${where}; the machine was ${(busyBefore * 100).toFixed(0)} % busy before.`,
    report.markdown,
    `**What bounds it**: ${report.bound}`,
  ].join('\n\n');
}

/** In the folder of results, which no commit has. */
async function keep(
  name: string,
  body: string,
  facts: Kept,
  report: BenchReport | undefined,
): Promise<void> {
  const folder = join(workDir, 'results');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.md`), `${body}\n`);
  await writeFile(join(folder, `${name}.json`), json(facts));
  for (const [file, svg] of Object.entries(report?.pictures ?? {})) {
    await writeFile(join(folder, basename(file)), svg);
  }
}

/** In the documentation. What is skipped here leaves figures of another machine as they are. */
async function publish(
  name: string,
  body: string,
  facts: Kept,
  report: BenchReport | undefined,
): Promise<void> {
  const before = await readFile(document, 'utf8');
  if (report === undefined) {
    await writeFile(document, fillSection(before, name, body));
    return;
  }
  await writeFile(document, writeSections(before, { [name]: body }));
  await mkdir(committed, { recursive: true });
  await writeFile(join(committed, `${name}.json`), json(facts));
  for (const [file, svg] of Object.entries(report.pictures ?? {})) {
    await writeFile(join(committed, basename(file)), svg);
  }
}

/** Long lists of single values say nothing to a reader. */
function json(value: unknown): string {
  const short = (key: string, each: unknown) =>
    key === 'interEyeDistances' || key === 'latencies' ? undefined : each;
  return `${JSON.stringify(value, short, 1)}\n`;
}

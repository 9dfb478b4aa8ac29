import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { embeddingSpace } from '../../src/inference/embedder.ts';
import { findModel, loadManifest } from '../../src/inference/manifest.ts';
import { type Bench, type BenchContext, Skipped } from '../bench.ts';
import { type Child, runChild, startChild } from '../child.ts';
import type { Filled, FillOrder } from '../loop/fill-store.ts';
import { GatewayClient } from '../loop/gateway-client.ts';
import type { Hold } from '../loop/hold.ts';
import { type LoopRequest, requests } from '../loop/requests.ts';
import { ms, table } from '../markdown.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const program = path('../../src/cli/main.ts');
const fillProgram = path('../loop/fill-store.ts');
const meter = path('../loop/hold-meter.ts');
const faces = path('../../docs/generated-faces.jpg');
/** No request may hold the loop for longer, milliseconds. */
const aim = 20;

interface RequestFigures {
  readonly name: string;
  readonly as: string;
  readonly runs: number;
  /** Longest of all runs, milliseconds. */
  readonly longest: number;
  readonly longestCpu: number;
  /** Median time to the whole answer, milliseconds. */
  readonly answer: number;
  readonly came: string;
}

interface LoopFigures {
  readonly alerts: number;
  readonly events: number;
  readonly idle: Hold;
  readonly requests: readonly RequestFigures[];
}

/** How long each request holds the event loop of a product with months of alerts. */
export const loopBench: Bench = {
  name: 'loop',
  summary: 'how long each request of each role holds the event loop at 100,000 alerts',
  async run(context) {
    const folder = await mkdtemp(join(context.workDir, 'loop-'));
    try {
      const figures = await measureIn(folder, context);
      return { figures, markdown: report(figures), bound: bound(figures) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measureIn(folder: string, context: BenchContext): Promise<LoopFigures> {
  const alerts = context.quick ? 10_000 : 100_000;
  context.say(`Loop: ${alerts} alerts are made`);
  const filled = await fill(join(folder, 'data'), alerts, context);
  const config = join(folder, 'config.yaml');
  await writeFile(config, JSON.stringify(configuration(context.manifest)));
  await using product = await startMetered(folder, config);
  const { address, readHold } = product;
  const picture = new Uint8Array(await readFile(faces));
  await pause(2000);
  await readHold();
  await pause(context.seconds * 500);
  const idle = await readHold();
  const measured: RequestFigures[] = [];
  for (const request of requests) {
    for (const as of request.as) {
      const client = new GatewayClient(address, filled.tokens[as] ?? '');
      context.say(`Loop: ${request.name} (${as})`);
      measured.push(await measure(request, as, { client, filled, picture }, context, readHold));
    }
  }
  return { alerts, events: filled.events, idle, requests: measured };
}

async function fill(folder: string, alerts: number, context: BenchContext): Promise<Filled> {
  const { manifest } = await loadManifest(context.manifest);
  const embed = findModel(manifest, 'embed');
  if (embed === undefined) throw new Skipped('a manifest with a recogniser');
  const order: FillOrder = {
    ...{ folder, alerts, people: context.quick ? 300 : 2000 },
    model: embeddingSpace({
      embed,
      enhanced: findModel(manifest, 'embed-enhanced'),
      fuse: findModel(manifest, 'fuse'),
    }),
    dimension: embed.output.dimension,
  };
  return JSON.parse(await runChild({ args: [fillProgram, JSON.stringify(order)] })) as Filled;
}

function configuration(manifest: string): object {
  return {
    data: './data',
    // The bench asks more often than people do.
    server: { port: 0, limits: { maxSearches: 1000 } },
    models: { manifest },
    cameras: ['gate', 'yard'].map((id) => ({ id, url: 'rtsp://127.0.0.1:9/', enabled: false })),
  };
}

interface Metered extends AsyncDisposable {
  readonly address: string;
  /** Longest holds since it was asked last. */
  readHold(): Promise<Hold>;
}

/** The product as operators run it, with the meter beside it. */
async function startMetered(folder: string, config: string): Promise<Metered> {
  const addressFile = join(folder, 'meter');
  const errors = openSync(join(folder, 'log'), 'a');
  let child: Child<{ address: string }>;
  try {
    child = await startChild({
      args: ['--import', pathToFileURL(meter).href, program, 'run', '-c', config, '--json'],
      // The allocator's settings of its own, so that it does not start a second time to set them.
      env: {
        ...process.env,
        ...{ MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '32768' },
        ...{ MALLOC_TRIM_THRESHOLD_: '8388608', NIGHTGLASS_HOLD_METER: addressFile },
      },
      errors,
    });
  } finally {
    closeSync(errors);
  }
  const meterAddress = await readFile(addressFile, 'utf8');
  return {
    address: child.ready.address,
    readHold: async () => (await (await fetch(meterAddress)).json()) as Hold,
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

async function measure(
  request: LoopRequest,
  as: string,
  asking: Omit<Parameters<LoopRequest['ask']>[0], 'run'>,
  context: BenchContext,
  readHold: () => Promise<Hold>,
): Promise<RequestFigures> {
  const runs = request.runs ?? (context.quick ? 2 : 5);
  let [longest, longestCpu, came] = [0, 0, ''];
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await readHold();
    const started = performance.now();
    came = await request.ask({ ...asking, run: run + (as === 'reviewer' ? runs : 0) });
    times.push(performance.now() - started);
    // What goes on after the answer counts, too.
    await pause(30);
    const hold = await readHold();
    longest = Math.max(longest, hold.longest);
    longestCpu = Math.max(longestCpu, hold.longestCpu);
  }
  const answer = times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
  return { name: request.name, as, runs, longest, longestCpu, answer, came };
}

function report({ alerts, events, idle, requests: measured }: LoopFigures): string {
  const rows = measured.map(({ name, as, runs, longest, longestCpu, answer, came }) => [
    ...[name, as, String(runs)],
    ...[longestCpu > aim ? `**${ms(longestCpu)}**` : ms(longestCpu), ms(longest), ms(answer), came],
  ]);
  const head = ['request', 'who', 'runs', 'longest hold', 'with waits', 'answer', 'came'];
  return [
    `${alerts.toLocaleString('en-US')} alerts with sightings, reviews and pictures, ${events.toLocaleString('en-US')} events, two thousand people a list. A timer of 1 ms on the main thread of the product, as operators run it, notes the longest time between two of its ticks during a request and 30 ms after its answer: of its own processor time ("longest hold") and of wall time, which waits for a core and for the disk lengthen ("with waits"). At rest: ${ms(idle.longestCpu)}, ${ms(idle.longest)} with waits. Aim: no request over ${aim} ms.`,
    table(head, rows),
  ].join('\n\n');
}

function bound({ requests: measured }: LoopFigures): string {
  const worst = measured.toSorted((a, b) => b.longestCpu - a.longestCpu)[0];
  const over = measured.filter(({ longestCpu }) => longestCpu > aim).length;
  return `longest hold ${ms(worst?.longestCpu ?? Number.NaN)} (${worst?.name}, ${worst?.as}); ${over} of ${measured.length} over ${aim} ms. SQLite runs on the main thread: a scan is cut into steps, each in a turn of the event loop of its own.`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NightglassClient } from '../../src/client/nightglass-client.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { startChild } from '../child.ts';
import { percent, rounded, table } from '../markdown.ts';
import { treeSeconds } from '../video/process-tree.ts';
import { watchWall } from '../video/watch-wall.ts';
import { startWatched, type WatchedProduct } from '../video/watched-product.ts';

const cameraProgram = fileURLToPath(new URL('../camera-process.ts', import.meta.url));
const cameras = 2;
/** Of each camera at once. */
const viewerCounts = [0, 1, 4];

const forms = ['mpeg1', 'coded'] as const;
type Form = (typeof forms)[number];

interface ServerFigures {
  readonly form: Form;
  /** Of each camera. */
  readonly viewers: number;
  /** Share of one core, all cameras, encoders included. */
  readonly cpu: number;
  /** Mbit/s to each viewer. */
  readonly rate: number;
}

interface BrowserFigures {
  readonly form: Form;
  /** Share of one core, all tiles. */
  readonly cpu: number;
  /** Pictures a second, all tiles. */
  readonly drawn: number;
}

interface VideoFigures {
  readonly server: readonly ServerFigures[];
  readonly browser: readonly BrowserFigures[];
}

/** What live video costs as the camera sends it and as MPEG-1. */
export const videoBench: Bench = {
  name: 'video',
  summary: 'live video as cameras send it against MPEG-1: processor time of server and browser',
  async run(context) {
    const folder = await mkdtemp(join(context.workDir, 'video-'));
    try {
      const figures = await measureAll(folder, context);
      return { figures, markdown: report(figures), bound: bound(figures) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measureAll(folder: string, context: BenchContext): Promise<VideoFigures> {
  await using virtual = await startChild<string[]>({
    args: [cameraProgram, await context.footage('full-hd'), String(cameras)],
  });
  const server: ServerFigures[] = [];
  const browser: BrowserFigures[] = [];
  for (const form of forms) {
    const { manifest } = context;
    const passThrough = form === 'coded';
    await using product = await startWatched(folder, {
      urls: virtual.ready,
      manifest,
      passThrough,
    });
    await pause(context.warmUpSeconds * 1000);
    for (const viewers of viewerCounts) {
      context.say(`Video: ${form}, ${viewers} viewers a camera`);
      server.push(await measureServer(product, form, viewers, context));
    }
    context.say(`Video: ${form}, the wall`);
    const shown = await measureBrowser(product, form, context);
    if (shown !== null) browser.push(shown);
  }
  return { server, browser };
}

async function measureServer(
  { pid, address, token }: WatchedProduct,
  form: Form,
  viewers: number,
  context: BenchContext,
): Promise<ServerFigures> {
  const client = new NightglassClient({ address, token });
  let bytes = 0;
  const playing = new Set<number>();
  const sockets = Array.from({ length: cameras * viewers }, (_, at) => {
    const id = `camera-${1 + (at % cameras)}`;
    const socket = form === 'coded' ? client.codedVideo(id) : client.preview(id);
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') return;
      bytes += (data as ArrayBuffer).byteLength;
      playing.add(at);
    };
    return socket;
  });
  // A busy machine takes its time to start an encoder.
  for (const end = performance.now() + 60_000; playing.size < sockets.length; ) {
    if (performance.now() > end) throw new Error(`Not all viewers have video (${form})`);
    await pause(100);
  }
  await pause(context.warmUpSeconds * 1000);
  bytes = 0;
  const cpu = await coreShare(pid, context.seconds);
  const rate = (bytes * 8) / 1e6 / context.seconds / Math.max(1, sockets.length);
  for (const socket of sockets) socket.close();
  // The encoder outlives its last viewer by two seconds.
  await pause(4_000);
  return { form, viewers, cpu, rate };
}

async function measureBrowser(
  product: WatchedProduct,
  form: Form,
  context: BenchContext,
): Promise<BrowserFigures | null> {
  const wall = await watchWall(product, form, cameras);
  await using _ = wall;
  if (wall === null) return null;
  await pause(context.warmUpSeconds * 1000);
  const cpu = await coreShare(wall.pid, context.seconds);
  return { form, cpu, drawn: await wall.drawn() };
}

async function coreShare(pid: number, seconds: number): Promise<number> {
  const [before, from] = [treeSeconds(pid), performance.now()];
  await pause(seconds * 1000);
  return (treeSeconds(pid) - before) / ((performance.now() - from) / 1000);
}

function report({ server, browser }: VideoFigures): string {
  const idle = (form: Form) => server.find((each) => each.form === form && each.viewers === 0)?.cpu;
  const rows = server.map(({ form, viewers, cpu, rate }) => {
    const extra = (cpu - (idle(form) ?? Number.NaN)) / cameras;
    return [
      ...[nameOf(form), String(viewers), percent(cpu / cameras)],
      ...(viewers === 0
        ? ['–', '–', '–']
        : [percent(extra), percent(extra / viewers), `${rounded(rate)} Mbit/s`]),
    ];
  });
  const head = [
    'video',
    'viewers a camera',
    'of a core a camera',
    'for watching',
    'a viewer',
    'to each',
  ];
  const pages = browser.map(({ form, cpu, drawn }) => [
    ...[nameOf(form), percent(cpu / cameras), rounded(drawn / cameras), percent(cpu / drawn)],
  ]);
  return [
    `${cameras} cameras of 1920x1080, pulled and decoded but not analysed. Server: the program with its encoders, by the processor time of the process and what it started.`,
    table(head, rows),
    'Browser: all processes of a headless Chromium that draws on the processor, with the wall open at 1600x950.',
    table(['video', 'of a core a tile', 'pictures a second a tile', 'for one a second'], pages),
  ].join('\n\n');
}

function bound({ server }: VideoFigures): string {
  const cost = (form: Form) => {
    const of = server.filter((each) => each.form === form);
    return ((of.find(({ viewers }) => viewers === 1)?.cpu ?? 0) - (of[0]?.cpu ?? 0)) / cameras;
  };
  return `as MPEG-1 the encoder, once a camera (${percent(cost('mpeg1'))} of a core for the first viewer); as it is sent the copy into each socket (${percent(cost('coded'))}).`;
}

function nameOf(form: Form): string {
  return form === 'coded' ? 'as it is sent' : 'MPEG-1';
}

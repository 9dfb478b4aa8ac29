import { open, readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { FrameLedger } from '../../src/domain/frame/ledger.ts';
import { openFile } from '../../src/streams/recorded/file-source.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { runChild } from '../child.ts';
import { atEnd } from '../ending.ts';
import { writeLoop } from '../footage.ts';
import { rounded, table, withSpread } from '../markdown.ts';
import { installPeer } from '../peer/install-peer.ts';
import type { PeerOrder, PeerReport } from '../peer/order.ts';
import { spread } from '../samples.ts';

const aim = 5;
const maxWidth = 768;
const warmUp = 3;
/** Milliseconds of media time from one picture to the next. */
const every = 400;

interface Side {
  readonly runs: readonly PeerReport[];
}

/** Against another face library for Node, on the same pictures. */
export const peerBench: Bench = {
  name: 'peer',
  summary: 'against @vladmandic/human in Node, detection and embedding of the same clip',
  async run(context) {
    await installPeer(context.say);
    const clip = await chooseClip(context);
    const pictures = join(context.workDir, `${process.pid}-peer.rgb`);
    const remove = () => rm(pictures, { force: true });
    const forget = atEnd(remove);
    try {
      const shape = await writePictures(clip.path, pictures, context.quick ? 12 : 50);
      const order: PeerOrder = { ...shape, pictures, manifest: context.manifest, warmUp };
      const ours: PeerReport[] = [];
      const theirs: PeerReport[] = [];
      // In turns, so that both meet the same machine.
      for (let run = 0; run < context.runs; run += 1) {
        context.say(`Peer: run ${run + 1}`);
        ours.push(await runSide('ours-process.ts', order));
        theirs.push(await runSide('human-process.mjs', order));
      }
      const sides: Side[] = [{ runs: ours }, { runs: theirs }];
      return {
        figures: { clip: clip.name, ...shape, sides },
        markdown: report(clip.name, order, sides),
        bound: `on both sides by the models, one thread at work at a time. Theirs are larger (a description of ${theirs[0]?.dimension} numbers that is age and gender as well) and run in WebAssembly with 128-bit SIMD, ours natively.`,
      };
    } finally {
      forget();
      await remove();
      await clip.remove();
    }
  },
};

async function runSide(program: string, order: PeerOrder): Promise<PeerReport> {
  const path = join(import.meta.dirname, '../peer', program);
  return JSON.parse(await runChild({ args: [path, JSON.stringify(order)] })) as PeerReport;
}

interface Clip {
  readonly name: string;
  readonly path: string;
  remove(): Promise<void>;
}

/** The recording asked for, else a clip of ../shared with large faces, else the demo's lobby. */
async function chooseClip(context: BenchContext): Promise<Clip> {
  const keep = async () => undefined;
  if (context.recording !== undefined) {
    return { name: basename(context.recording), path: resolve(context.recording), remove: keep };
  }
  const clips = join(process.env['NIGHTGLASS_SHARED'] ?? '../shared', 'clips');
  const found = (await readdir(clips).catch(() => [])).find((file) =>
    /head-pose.*\.mp4$/.test(file),
  );
  if (found !== undefined) return { name: found, path: resolve(clips, found), remove: keep };
  const loop = await writeLoop(await context.footage('usual'), context.workDir);
  return { name: "the demo's lobby", ...loop };
}

/** Decodes some pictures of a clip, spread over its length, to a file of raw RGB. */
async function writePictures(
  clip: string,
  path: string,
  wanted: number,
): Promise<{ width: number; height: number; count: number }> {
  await using file = await open(path, 'w');
  let size = { width: 0, height: 0 };
  let count = 0;
  for await (const frame of openFile({
    path: clip,
    cameraId: 'bench',
    ledger: new FrameLedger(),
  })) {
    using owned = frame;
    if (owned.mediaTime < count * every) continue;
    const scale = Math.min(1, maxWidth / owned.width);
    size = { width: Math.round(owned.width * scale), height: Math.round(owned.height * scale) };
    await file.write((await owned.picture.rgb(size)).data);
    count += 1;
    if (count === wanted) break;
  }
  if (count === 0) throw new Error(`There is no picture in ${clip}`);
  return { ...size, count };
}

function report(clip: string, order: PeerOrder, sides: readonly Side[]): string {
  const rows = sides.map(({ runs }) => {
    const of = (pick: (run: PeerReport) => number, show: (value: number) => string) =>
      withSpread(spread(runs.map(pick)), show);
    return [
      runs[0]?.what ?? '',
      `${runs[0]?.faces} in ${order.count} pictures`,
      of(({ faces, seconds }) => faces / seconds, rounded),
      of(
        ({ faces, cpuSeconds }) => (cpuSeconds * 1000) / faces,
        (value) => `${rounded(value)} ms`,
      ),
    ];
  });
  const median = (side: Side | undefined, pick: (run: PeerReport) => number) =>
    spread(side?.runs.map(pick) ?? []).median;
  const [ours, theirs] = sides;
  const speed = ({ faces, seconds }: PeerReport) => faces / seconds;
  const cost = ({ faces, cpuSeconds }: PeerReport) => cpuSeconds / faces;
  const faster = median(ours, speed) / median(theirs, speed);
  const cheaper = median(theirs, cost) / median(ours, cost);
  return [
    `**${faster.toFixed(1)} times** the faces a second, **${cheaper.toFixed(1)} times** less processor time a face (aim ${aim}), on ${clip}, ${order.width}x${order.height}, pictures decoded beforehand.`,
    table(['', 'faces found', 'faces a second', 'processor time a face'], rows),
  ].join('\n\n');
}

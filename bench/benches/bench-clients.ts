import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/domain/clock.ts';
import { FrameLedger } from '../../src/domain/frame/ledger.ts';
import { openCompatible } from '../../src/streams/compatible-source.ts';
import { StreamNotes } from '../../src/streams/rtsp/stream-notes.ts';
import { openRtsp, type RtspSourceOptions } from '../../src/streams/rtsp-source.ts';
import type { VideoSink, VideoSource } from '../../src/streams/video-source.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { startChild } from '../child.ts';
import { ms, percent, plural, table } from '../markdown.ts';
import { type Summary, summarise } from '../samples.ts';

type OpenStream = (
  options: RtspSourceOptions,
  sink: VideoSink,
  signal: AbortSignal,
) => Promise<VideoSource>;

interface ClientFigures {
  readonly client: string;
  readonly cameras: number;
  /** From the last packet of a picture to its frame. */
  readonly delay: Summary;
  /** Share of one core, a camera, decoding included. */
  readonly cpu: number;
}

const cameraProgram = fileURLToPath(new URL('../camera-process.ts', import.meta.url));
const count = 4;
/** Packets of one picture follow one another within this, milliseconds. */
const burst = 15;

/** Our RTSP client against FFmpeg's behind it: what the second choice costs. */
export const clientsBench: Bench = {
  name: 'clients',
  summary: "our RTSP client and FFmpeg's behind it: delay of a picture, CPU a camera",
  async run(context) {
    const figures = [
      await measure(context, 'own', openRtsp),
      await measure(context, 'compatible', openCompatible),
    ];
    const rows = figures.map(({ client, delay, cpu }) => [
      client,
      ms(delay.median),
      ms(delay.p99),
      percent(cpu),
    ]);
    const head = ['client', 'last packet → frame, median', 'p99', 'of a core a camera'];
    const markdown = `${plural(count, 'camera')}, decoding included.\n\n${table(head, rows)}`;
    const bound = "FFmpeg's client knows that a picture is complete when the next one begins.";
    return { figures, markdown, bound };
  },
};

async function measure(
  context: BenchContext,
  client: string,
  open: OpenStream,
): Promise<ClientFigures> {
  context.say(`Clients: ${client}`);
  await using cameras = await startChild<string[]>({
    args: [cameraProgram, await context.footage('usual'), String(count)],
  });
  const delays: number[] = [];
  const abort = new AbortController();
  const sources = await Promise.all(
    cameras.ready.map((url, index) =>
      open({ cameraId: `c${index}`, url, ledger: new FrameLedger() }, sink(delays), abort.signal),
    ),
  );
  await pause(context.warmUpSeconds);
  delays.length = 0;
  const before = process.cpuUsage();
  const from = systemClock.monotonic();
  await pause(context.seconds);
  const { user, system } = process.cpuUsage(before);
  const seconds = (systemClock.monotonic() - from) / 1000;
  const delay = summarise(delays);
  await Promise.all(sources.map((source) => source.close()));
  return { client, cameras: count, delay, cpu: (user + system) / 1e6 / seconds / count };
}

/** Pairs the end of each burst of packets with the frame that comes of it, in their order. */
function sink(delays: number[]): VideoSink {
  const ends: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  return {
    notes: new StreamNotes(),
    onVideo: () => undefined,
    onEnd: () => undefined,
    onLife: () => {
      const now = systemClock.monotonic();
      if (now - last < burst) ends[ends.length - 1] = now;
      else ends.push(now);
      last = now;
    },
    onFrame: (frame) => {
      frame[Symbol.dispose]();
      const end = ends.shift();
      if (end !== undefined) delays.push(systemClock.monotonic() - end);
    },
  };
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

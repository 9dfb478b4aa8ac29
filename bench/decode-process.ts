/*
 * Decodes a loop of pictures in one of three rooms and says what it cost: in the process, in a
 * worker thread with frames in shared memory, in a child process with frames in a file in memory.
 * Pictures come from this program in all three; frames end as FFmpeg's frames in it.
 *
 *   node bench/decode-process.ts ROOM WIDTH HEIGHT PICTURES EVERY
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { AV_PIX_FMT_YUV420P } from 'node-av/constants';
import { Frame, Rational } from 'node-av/lib';
import { encodeFootage } from '../demo/media/encode-footage.ts';
import { VideoDecoder } from '../src/streams/video-decoder.ts';

type DecodeRoom = 'process' | 'worker' | 'child';

interface DecodeCost {
  /** Processor time of all that took part, microseconds a picture. */
  readonly cpu: number;
  readonly frames: number;
}

interface Work {
  readonly width: number;
  readonly height: number;
  readonly pictures: number;
  /** Of so many pictures one is handed over; the rest is decoded alone. */
  readonly every: number;
}

const clockRate = 90_000;
const settle = 40;

async function* coded({ width, height, pictures }: Work) {
  const images = Array.from({ length: 25 }, (_, n) => ({
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const x = Math.floor(i / 3) % width;
      const y = Math.floor(i / 3 / width);
      return (x + n * 6 + ((y * 3) ^ (x >> 3)) + ((i * 7919) % 13)) & 255;
    }),
  }));
  const { units } = await encodeFootage(images, { framesPerSecond: 25, keyInterval: 1 });
  yield* Array.from({ length: pictures + settle }, (_, n) => units[n % units.length]);
}

/** Decodes and gives the planes of each frame that is wanted. */
class Decoding {
  readonly #decoder = VideoDecoder.create('h264', { clockRate });
  readonly #every: number;
  #count = 0;

  constructor(every: number) {
    this.#every = every;
  }

  async take(data: Uint8Array, use: (frame: Frame) => void): Promise<void> {
    const times = { timestamp: 0, clockRate, arrivedAt: 0, arrivedMonotonic: 0 };
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const picture = { codec: 'h264', data: bytes, key: true, damaged: false, ...times } as const;
    for (const { frame } of (await this.#decoder.decode(picture)).frames) {
      if (this.#count++ % this.#every === 0) use(frame);
      frame.free();
    }
  }
}

const planes = ({ width, height }: Work) => (width * height * 3) / 2;

/** A frame of ours out of planes that came from elsewhere. */
function rebuilt(bytes: Buffer, { width, height }: Work): void {
  const format = AV_PIX_FMT_YUV420P;
  Frame.fromVideoBuffer(bytes, { width, height, format, timeBase: new Rational(1, 1000) }).free();
}

function cpuNow(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function inProcess(work: Work): Promise<DecodeCost> {
  const decoding = new Decoding(work.every);
  let frames = 0;
  let began = 0;
  let fed = 0;
  for await (const unit of coded(work)) {
    if (fed++ === settle) began = cpuNow();
    if (unit !== undefined) {
      await decoding.take(unit.data, () => {
        frames += 1;
      });
    }
  }
  return { cpu: (cpuNow() - began) / work.pictures, frames };
}

async function inWorker(work: Work): Promise<DecodeCost> {
  const shared = new SharedArrayBuffer(planes(work));
  const worker = new Worker(new URL(import.meta.url), { workerData: { work, shared } });
  await once(worker, 'message');
  let frames = 0;
  let began = 0;
  let fed = 0;
  for await (const unit of coded(work)) {
    if (fed++ === settle) began = cpuNow();
    worker.postMessage(unit?.data);
    const [isWanted] = (await once(worker, 'message')) as [boolean];
    if (!isWanted) continue;
    rebuilt(Buffer.from(shared), work);
    frames += 1;
  }
  const cpu = (cpuNow() - began) / work.pictures;
  await worker.terminate();
  return { cpu, frames };
}

async function inChild(work: Work): Promise<DecodeCost> {
  const folder = mkdtempSync(join('/dev/shm', 'nightglass-bench-'));
  const file = join(folder, 'frame');
  const args = [import.meta.filename, 'decoder', JSON.stringify(work), file];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const read = async () =>
    JSON.parse((await lines.next()).value ?? '') as { cpu: number; wanted: boolean };
  try {
    await read();
    const slot = openSync(file, 'r');
    const bytes = Buffer.alloc(planes(work));
    let frames = 0;
    let began = 0;
    let theirs = 0;
    let cpu = 0;
    let fed = 0;
    for await (const unit of coded(work)) {
      if (fed++ === settle) [began, theirs] = [cpuNow(), cpu];
      const head = Buffer.alloc(4);
      head.writeUInt32BE(unit?.data.length ?? 0);
      child.stdin.write(head);
      child.stdin.write(unit?.data ?? '');
      const said = await read();
      cpu = said.cpu;
      if (!said.wanted) continue;
      readSync(slot, bytes, 0, bytes.length, 0);
      rebuilt(bytes, work);
      frames += 1;
    }
    closeSync(slot);
    return { cpu: (cpuNow() - began + cpu - theirs) / work.pictures, frames };
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The other end of `inChild`. */
async function decodeForParent(work: Work, file: string): Promise<void> {
  const slot = openSync(file, 'w');
  const decoding = new Decoding(work.every);
  const say = (wanted: boolean) =>
    process.stdout.write(`${JSON.stringify({ cpu: cpuNow(), wanted })}\n`);
  say(false);
  let waiting: Buffer = Buffer.alloc(0);
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32BE(0)) {
      const end = 4 + waiting.readUInt32BE(0);
      let wanted = false;
      await decoding.take(waiting.subarray(4, end), (frame) => {
        writeSync(slot, frame.toBuffer(), 0, planes(work), 0);
        wanted = true;
      });
      waiting = waiting.subarray(end);
      say(wanted);
    }
  }
}

/** The other end of `inWorker`. */
function decodeForThread(): void {
  const { work, shared } = workerData as { work: Work; shared: SharedArrayBuffer };
  const decoding = new Decoding(work.every);
  parentPort?.on('message', async (data: Uint8Array) => {
    let wanted = false;
    await decoding.take(data, (frame) => {
      Buffer.from(shared).set(frame.toBuffer().subarray(0, planes(work)));
      wanted = true;
    });
    parentPort?.postMessage(wanted);
  });
  parentPort?.postMessage(false);
}

const rooms = { process: inProcess, worker: inWorker, child: inChild };

if (!isMainThread) decodeForThread();
else if (process.argv[2] === 'decoder') {
  await decodeForParent(JSON.parse(process.argv[3] ?? '{}'), process.argv[4] ?? '');
} else {
  const [width = 0, height = 0, pictures = 0, every = 1] = process.argv.slice(3).map(Number);
  const room = rooms[process.argv[2] as DecodeRoom];
  console.log(JSON.stringify(await room({ width, height, pictures, every })));
  process.exit(0);
}

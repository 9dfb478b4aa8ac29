import { AV_NOPTS_VALUE, AVERROR_EOF, AVSEEK_FLAG_BACKWARD } from 'node-av/constants';
import {
  Dictionary,
  FFmpegError,
  FormatContext,
  IOContext,
  Packet,
  type Stream,
} from 'node-av/lib';
import { footageBounds } from '../../domain/bounds.ts';
import { NightglassError } from '../../domain/errors.ts';
import { firstStamp, maxReadErrors } from './file-source.ts';
import { keyBefore } from './key-before.ts';
import { openRecording, unreadable } from './open-recording.ts';
import { PacketTimes } from './packet-times.ts';

/** Which part of a file, seconds from its first picture. */
export interface ClipSpan {
  readonly from: number;
  readonly until: number;
}

export interface CutOptions {
  /** Which file it must be, see `identityOf`; default: whatever stands there. */
  readonly identity?: string | undefined;
  readonly signal?: AbortSignal;
  /** Told at which second of the file the clip begins. */
  readonly onBegin?: (second: number) => void;
  /** Bytes of coded pictures, at most. */
  readonly mostBytes?: number;
}

const bufferBytes = 64 * 1024;

/** A file that is read, with one coded picture of it in hand. */
interface Cut extends CutOptions {
  readonly path: string;
  readonly input: FormatContext;
  readonly stream: Stream;
  readonly times: PacketTimes;
  readonly packet: Packet;
}

/**
 * Cuts a part of a video file without coding anything: its coded pictures, from the key picture
 * before the part on, as MP4 in memory. Nothing of it reaches a disk. Bounded in time and bytes:
 * what does not fit is left off at the end.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED` for pictures that MP4 does not
 *   take, and where no picture of the part can be had, `CONFLICT` for another file than was meant
 */
export async function cutClip(
  path: string,
  span: ClipSpan,
  options: CutOptions = {},
): Promise<Uint8Array> {
  const { identity, signal } = options;
  const first = await firstStamp(path, options);
  // What cannot be searched in, or is searched in wrongly, is counted through.
  for (const goTo of [seek, count]) {
    await using input = new FormatContext();
    using packet = new Packet();
    packet.alloc();
    const interrupt = () => input.interrupt();
    signal?.addEventListener('abort', interrupt);
    try {
      const stream = await openRecording(input, path, identity);
      const times = new PacketTimes(stream, first);
      const cut = { ...options, path, input, stream, times, packet };
      if (await goTo(cut, Math.max(0, span.from))) return await write(cut, span);
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }
  throw unreadable('STREAM_UNSUPPORTED', path, 'there is no picture to begin with');
}

/** Reads up to the key picture before a second, where the file can be searched in. */
async function seek(cut: Cut, second: number): Promise<boolean> {
  const { input, stream, times, packet } = cut;
  const ticks = times.ticksAt(second);
  const found = await input.seekFrame(stream.index, BigInt(ticks), AVSEEK_FLAG_BACKWARD);
  if (found < 0) return false;
  while (await readNext(cut)) {
    if (!packet.isKeyframe) continue;
    const time = times.knownOf(packet);
    // Some formats are searched in roughly: what lies behind is no beginning.
    return time !== null && time <= ticks;
  }
  return false;
}

/** The same from the beginning of the file on. */
async function count(cut: Cut, second: number): Promise<boolean> {
  const { path, identity, signal, stream, times, packet } = cut;
  const { interval } = times;
  const number = await keyBefore(path, stream.index, times.ticksAt(second), {
    ...{ identity, interval },
    ...(signal && { signal }),
  });
  for (let at = 0; await readNext(cut); at += 1) {
    // The first pictures of a file may hang on one that is not in it.
    if (at >= number && packet.isKeyframe) return true;
    times.of(packet);
  }
  return false;
}

/** The next coded picture of the video. @throws NightglassError `STREAM_UNREACHABLE` */
async function readNext({ path, input, stream, packet, signal }: Cut): Promise<boolean> {
  for (let errors = 0; ; ) {
    packet.unref();
    signal?.throwIfAborted();
    const read = await input.readFrame(packet);
    if (read === AVERROR_EOF) return false;
    if (read >= 0) {
      if (packet.streamIndex === stream.index) return true;
      continue;
    }
    errors += 1;
    if (errors <= maxReadErrors) continue;
    throw unreadable('STREAM_UNREACHABLE', path, FFmpegError.strerror(read));
  }
}

async function write(cut: Cut, span: ClipSpan): Promise<Uint8Array> {
  const { path, stream } = cut;
  const pieces: Buffer[] = [];
  const pb = new IOContext();
  pb.allocContextWithCallbacks(bufferBytes, 1, null, (piece) => {
    pieces.push(Buffer.from(piece));
    return piece.length;
  });
  const output = new FormatContext();
  try {
    output.allocOutputContext2(null, 'mp4', null);
    output.pb = pb;
    const copy = output.newStream();
    stream.codecpar.copy(copy.codecpar);
    // What another container calls the codec means nothing here.
    copy.codecpar.codecTag = 0;
    copy.timeBase = stream.timeBase;
    const options = Dictionary.fromObject({
      movflags: 'frag_keyframe+empty_moov+default_base_moof',
      avoid_negative_ts: 'make_zero',
    });
    const begun = await output.writeHeader(options);
    if (begun < 0) throw refused(path, begun);
    await copyPackets(cut, span, output, copy);
    await output.writeTrailer();
    pb.flushSync();
    return Buffer.concat(pieces);
  } finally {
    output.pb = null;
    output.freeContext();
    pb.freeContext();
  }
}

/** Copies from the picture in hand on. @throws NightglassError where the part is not reached */
async function copyPackets(
  cut: Cut,
  { from, until }: ClipSpan,
  output: FormatContext,
  copy: Stream,
): Promise<void> {
  const { path, stream, times, packet, mostBytes = footageBounds.clipBytes } = cut;
  const begin = times.ticksAt(Math.max(0, from));
  const end = times.ticksAt(Math.min(until, from + footageBounds.clipSeconds));
  let bytes = 0;
  let last = Number.NEGATIVE_INFINITY;
  let isFull = false;
  let hasBegun = false;
  do {
    const known = times.knownOf(packet);
    const time = times.of(packet);
    // Where nothing says when a picture is shown, its place in the file does.
    if (!hasBegun) cut.onBegin?.(times.secondOf(known ?? time));
    hasBegun = true;
    // The muxer holds the pictures from one key picture to the next: theirs are the bytes that count.
    bytes += packet.size;
    isFull = bytes > mostBytes;
    if (time > end || isFull) break;
    last = time;
    if (packet.dts === AV_NOPTS_VALUE) packet.dts = BigInt(Math.round(time));
    if (packet.pts === AV_NOPTS_VALUE) packet.pts = packet.dts;
    packet.streamIndex = copy.index;
    packet.rescaleTs(stream.timeBase, copy.timeBase);
    const written = await output.interleavedWriteFrame(packet);
    if (written < 0) throw refused(path, written);
  } while (await readNext(cut));
  // A last picture shows for as long as one does.
  if (last + times.interval >= begin) return;
  const why = isFull
    ? 'its key pictures lie too far apart for a clip'
    : 'it holds no picture of the part that was asked for';
  throw unreadable('STREAM_UNSUPPORTED', path, why);
}

/** MP4 does not take the pictures. */
function refused(path: string, result: number): NightglassError {
  const why = FFmpegError.strerror(result);
  return new NightglassError('STREAM_UNSUPPORTED', `Cannot cut a clip from ${path}: ${why}`, {
    hint: 'Its pictures may be coded in a way that MP4 does not take.',
  });
}

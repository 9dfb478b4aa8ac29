import { AV_NOPTS_VALUE, AVSEEK_FLAG_BACKWARD } from 'node-av/constants';
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
import { openRecording } from './open-recording.ts';

/** Which part of a file, seconds from its first picture. */
export interface ClipSpan {
  readonly from: number;
  readonly until: number;
}

const bufferBytes = 64 * 1024;

/**
 * Cuts a part of a video file without coding anything: its coded pictures, from the key picture
 * before the part on, as MP4 in memory. Nothing of it reaches a disk. Bounded in time and bytes:
 * what does not fit is left off at the end.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED` for pictures that MP4 does not take
 */
export async function cutClip(path: string, { from, until }: ClipSpan): Promise<Uint8Array> {
  await using input = new FormatContext();
  const stream = await openRecording(input, path);
  const { num, den } = stream.timeBase;
  const first = stream.startTime === AV_NOPTS_VALUE ? 0n : stream.startTime;
  const ticks = (seconds: number) => first + BigInt(Math.round((seconds * den) / num));
  // A file that cannot be searched in is read from its beginning.
  await input.seekFrame(stream.index, ticks(Math.max(0, from)), AVSEEK_FLAG_BACKWARD);
  const end = ticks(Math.min(until, from + footageBounds.clipSeconds));
  return await write(path, input, stream, end);
}

async function write(
  path: string,
  input: FormatContext,
  stream: Stream,
  end: bigint,
): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const pb = new IOContext();
  pb.allocContextWithCallbacks(bufferBytes, 1, null, (piece) => {
    pieces.push(Buffer.from(piece));
    bytes += piece.length;
    return piece.length;
  });
  const output = new FormatContext();
  const packet = new Packet();
  packet.alloc();
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
    let hasBegun = false;
    while (bytes < footageBounds.clipBytes && (await input.readFrame(packet)) >= 0) {
      const isOurs = packet.streamIndex === stream.index;
      hasBegun ||= isOurs && packet.isKeyframe;
      const isOver = isOurs && packet.dts !== AV_NOPTS_VALUE && packet.dts > end;
      if (isOver) break;
      if (isOurs && hasBegun) {
        packet.streamIndex = copy.index;
        packet.rescaleTs(stream.timeBase, copy.timeBase);
        const written = await output.interleavedWriteFrame(packet);
        if (written < 0) throw refused(path, written);
      }
      packet.unref();
    }
    await output.writeTrailer();
    pb.flushSync();
    return Buffer.concat(pieces);
  } finally {
    packet.free();
    output.pb = null;
    output.freeContext();
    pb.freeContext();
  }
}

/** MP4 does not take the pictures. */
function refused(path: string, result: number): NightglassError {
  const why = FFmpegError.strerror(result);
  return new NightglassError('STREAM_UNSUPPORTED', `Cannot cut a clip from ${path}: ${why}`, {
    hint: 'Its pictures may be coded in a way that MP4 does not take.',
  });
}

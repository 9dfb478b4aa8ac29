import { AV_NOPTS_VALUE } from 'node-av/constants';
import { FormatContext, Packet } from 'node-av/lib';
import { openRecording } from './open-recording.ts';

export interface KeyBeforeOptions {
  /** Which file it must be, see `identityOf`. */
  readonly identity?: string | undefined;
  /** Ticks from one picture to the next, for pictures without times; default: they are passed over. */
  readonly interval?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of each part of the file that was read. */
  readonly onPacket?: (() => unknown) | undefined;
}

/**
 * Number, from 0 on, of the last key picture of a video stream at or before a time, in ticks of the
 * stream. Nothing is decoded. 0 where the pictures have no times.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED`, `CONFLICT` where the file is no
 *   longer what it was; the signal's reason
 */
export async function keyBefore(
  path: string,
  streamIndex: number,
  time: number,
  { identity, interval, signal, onPacket }: KeyBeforeOptions = {},
): Promise<number> {
  await using input = new FormatContext();
  using packet = new Packet();
  packet.alloc();
  await openRecording(input, path, identity);
  let last = 0;
  let count = 0;
  while ((await input.readFrame(packet)) >= 0) {
    signal?.throwIfAborted();
    onPacket?.();
    if (packet.streamIndex === streamIndex) {
      // Nothing that is decoded later is shown before what comes in decoding order after it.
      if (packet.dts !== AV_NOPTS_VALUE && Number(packet.dts) > time) return last;
      const at = timeOf(packet) ?? (interval === undefined ? null : count * interval);
      if (at !== null && at > time && packet.dts === AV_NOPTS_VALUE) return last;
      if (packet.isKeyframe && at !== null && at <= time) last = count;
      count += 1;
    }
    packet.unref();
  }
  return last;
}

function timeOf({ pts, dts }: Packet): number | null {
  if (pts !== AV_NOPTS_VALUE) return Number(pts);
  return dts === AV_NOPTS_VALUE ? null : Number(dts);
}

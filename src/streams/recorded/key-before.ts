import { AV_NOPTS_VALUE } from 'node-av/constants';
import { FormatContext, Packet } from 'node-av/lib';
import { openRecording } from './open-recording.ts';

/**
 * Number, from 0 on, of the last key picture of a video stream at or before a time, in ticks of the
 * stream. Nothing is decoded. 0 where the pictures have no times.
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED` where the file is no longer what it was
 */
export async function keyBefore(path: string, streamIndex: number, time: number): Promise<number> {
  await using input = new FormatContext();
  using packet = new Packet();
  packet.alloc();
  await openRecording(input, path);
  let last = 0;
  let count = 0;
  while ((await input.readFrame(packet)) >= 0) {
    if (packet.streamIndex === streamIndex) {
      // Nothing that is decoded later is shown before what comes in decoding order after it.
      if (packet.dts !== AV_NOPTS_VALUE && Number(packet.dts) > time) return last;
      const isKnown = packet.pts !== AV_NOPTS_VALUE && Number(packet.pts) <= time;
      if (packet.isKeyframe && isKnown) last = count;
      count += 1;
    }
    packet.unref();
  }
  return last;
}

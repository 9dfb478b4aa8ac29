import { AV_NOPTS_VALUE } from 'node-av/constants';
import { FormatContext, Packet } from 'node-av/lib';
import { openRecording } from './open-recording.ts';

/**
 * How long the video of a file is, seconds, by its packets' times, for a file that does not say so.
 * Nothing is decoded. Null where the packets have no times, or it was aborted.
 * @param alive told of each packet
 * @throws NightglassError `STREAM_UNREACHABLE`, `STREAM_UNSUPPORTED`
 */
export async function countSeconds(
  path: string,
  signal?: AbortSignal,
  alive: () => void = () => undefined,
): Promise<number | null> {
  await using input = new FormatContext();
  using packet = new Packet();
  packet.alloc();
  const stream = await openRecording(input, path);
  const { num, den } = stream.timeBase;
  let first: number | null = null;
  let last = 0;
  let packets = 0;
  while ((await input.readFrame(packet)) >= 0) {
    if (signal?.aborted) return null;
    alive();
    if (packet.streamIndex === stream.index && packet.pts !== AV_NOPTS_VALUE) {
      const time = (Number(packet.pts) * num) / den;
      first = Math.min(first ?? time, time);
      last = Math.max(last, time);
      packets += 1;
    }
    packet.unref();
  }
  if (first === null || packets < 2) return null;
  // The last picture is shown as long as one is on the mean.
  return (last - first) * (packets / (packets - 1));
}

import { AV_NOPTS_VALUE, AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { FormatContext, Packet } from 'node-av/lib';

/**
 * How long the video of a file is, seconds, by its packets' times, for a file that does not say so.
 * Nothing is decoded. Null where the packets have no times, or it was aborted.
 */
export async function countSeconds(path: string, signal?: AbortSignal): Promise<number | null> {
  await using input = new FormatContext();
  using packet = new Packet();
  packet.alloc();
  if ((await input.openInput(`file:${path}`)) < 0 || (await input.findStreamInfo()) < 0)
    return null;
  const stream = input.streams[input.findBestStream(AVMEDIA_TYPE_VIDEO)];
  if (stream === undefined) return null;
  const { num, den } = stream.timeBase;
  let first: number | null = null;
  let last = 0;
  let packets = 0;
  while ((await input.readFrame(packet)) >= 0) {
    if (signal?.aborted) return null;
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

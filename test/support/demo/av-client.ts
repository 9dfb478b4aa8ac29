import { AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FormatContext, Frame, Packet } from 'node-av/lib';

export interface SeenFrame {
  readonly width: number;
  readonly height: number;
  /** Decoder's error flags, 0 for a sound picture. */
  readonly errors: number;
}

/**
 * Pulls a stream with FFmpeg in this process (as the product does) and decodes `count` frames, or
 * fewer where `until` holds for one before.
 */
export async function pullFrames(
  url: string,
  options: {
    transport: 'tcp' | 'udp';
    count: number;
    onFrame?: (index: number) => void;
    until?: (frame: SeenFrame) => boolean;
  },
): Promise<SeenFrame[]> {
  await using format = new FormatContext();
  using settings = Dictionary.fromObject({
    rtsp_transport: options.transport,
    timeout: '5000000',
    max_delay: '100000',
  });
  const opened = await format.openInput(url, null, settings);
  if (opened < 0) throw new Error(`open failed: ${opened}`);
  const found = await format.findStreamInfo();
  if (found < 0) throw new Error(`no stream information: ${found}`);
  const index = format.findBestStream(AVMEDIA_TYPE_VIDEO);
  const stream = format.streams[index];
  if (stream === undefined) throw new Error('no video');
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (codec === null) throw new Error('no decoder');
  using decoder = new CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  decoder.threadCount = 1;
  if ((await decoder.open2(codec, null)) < 0) throw new Error('the decoder does not open');
  using packet = new Packet();
  packet.alloc();
  using frame = new Frame();
  frame.alloc();
  const frames: SeenFrame[] = [];
  let done = false;
  while (!done && frames.length < options.count) {
    const read = await format.readFrame(packet);
    if (read < 0) throw new Error(`read failed: ${read}`);
    if (packet.streamIndex === index) {
      await decoder.sendPacket(packet);
      while ((await decoder.receiveFrame(frame)) >= 0) {
        const seen = { width: frame.width, height: frame.height, errors: frame.decodeErrorFlags };
        frames.push(seen);
        options.onFrame?.(frames.length);
        done ||= options.until?.(seen) === true;
        frame.unref();
      }
    }
    packet.unref();
  }
  return frames;
}

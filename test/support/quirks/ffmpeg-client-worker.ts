import { parentPort, workerData } from 'node:worker_threads';
import { AV_LOG_QUIET, AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, FormatContext, Frame, Log, Packet } from 'node-av/lib';

const { url, transport, frames, silenceMs } = workerData as {
  url: string;
  transport: string;
  frames: number;
  silenceMs: number;
};
Log.setLevel(AV_LOG_QUIET);

/** As the ffmpeg program does it: demuxer, stream information, decoder; blocking this thread alone. */
function play(format: FormatContext): { frames: number; why: string } {
  using settings = Dictionary.fromObject({
    rtsp_transport: transport,
    allowed_media_types: 'video',
    timeout: String(silenceMs * 1000),
    analyzeduration: '1000000',
    fflags: 'nobuffer',
  });
  if (format.openInputSync(url, null, settings) < 0) return { frames: 0, why: 'does not open' };
  const index = format.findBestStream(AVMEDIA_TYPE_VIDEO);
  const stream = format.streams[index];
  const codec = stream === undefined ? null : Codec.findDecoder(stream.codecpar.codecId);
  if (stream === undefined || codec === null) return { frames: 0, why: 'no video' };
  using decoder = new CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  decoder.threadCount = 1;
  if (decoder.open2Sync(codec, null) < 0) return { frames: 0, why: 'no decoder' };
  using packet = new Packet();
  packet.alloc();
  using frame = new Frame();
  frame.alloc();
  const until = performance.now() + silenceMs;
  let seen = 0;
  while (seen < frames) {
    if (format.readFrameSync(packet) < 0) return { frames: seen, why: 'the stream ended' };
    if (packet.streamIndex === index) {
      decoder.sendPacketSync(packet);
      while (decoder.receiveFrameSync(frame) >= 0) {
        seen += 1;
        frame.unref();
      }
    }
    packet.unref();
    if (performance.now() > until) return { frames: seen, why: 'too slow' };
  }
  return { frames: seen, why: '' };
}

const format = new FormatContext();
const verdict = play(format);
format.closeInputSync();
parentPort?.postMessage(verdict);

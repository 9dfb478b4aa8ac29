import { parentPort, workerData } from 'node:worker_threads';
import { AV_NOPTS_VALUE, AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import { Dictionary, FFmpegError, FormatContext, Packet } from 'node-av/lib';
import '../ffmpeg/ffmpeg-log.ts';
import type { ClientMessage, ClientStart } from './client-messages.ts';

/**
 * FFmpeg's RTSP client. It blocks this thread while it waits, so that none of
 * the threads that all cameras share is held; the end of the relay's connection
 * ends it.
 */
function play({ url, silenceMs }: ClientStart): string {
  const format = new FormatContext();
  try {
    return read(format, url, silenceMs);
  } finally {
    format.closeInputSync();
  }
}

function read(format: FormatContext, url: string, silenceMs: number): string {
  using settings = Dictionary.fromObject({
    rtsp_transport: 'tcp',
    allowed_media_types: 'video',
    timeout: String(silenceMs * 1000),
    fflags: 'nobuffer',
  });
  const opened = format.openInputSync(url, null, settings);
  if (opened < 0) return FFmpegError.strerror(opened);
  const index = format.findBestStream(AVMEDIA_TYPE_VIDEO);
  const stream = format.streams[index];
  if (stream === undefined) return 'there is no video';
  const { codecId, extradata } = stream.codecpar;
  const { num, den } = stream.timeBase;
  tell({
    type: 'open',
    codecId,
    extraData: extradata === null ? null : Uint8Array.from(extradata),
    clockRate: den / num,
  });
  using packet = new Packet();
  packet.alloc();
  for (;;) {
    const read = format.readFrameSync(packet);
    if (read < 0) return FFmpegError.strerror(read);
    const data = packet.streamIndex === index ? packet.data : null;
    if (data !== null) {
      const time = packet.pts === AV_NOPTS_VALUE ? packet.dts : packet.pts;
      const copy = Uint8Array.from(data);
      const known = time === AV_NOPTS_VALUE ? null : Number(time);
      tell({ type: 'picture', data: copy, time: known, key: packet.isKeyframe }, [copy.buffer]);
    }
    packet.unref();
  }
}

function tell(message: ClientMessage, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

tell({ type: 'failed', why: play(workerData as ClientStart) });

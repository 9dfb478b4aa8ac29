import { AV_PIX_FMT_YUV420P, FF_ENCODER_MPEG4 } from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Packet, Rational } from 'node-av/lib';
import type { AccessUnit, EncodedSource } from '../../../demo/media/encoded-source.ts';

const framesPerSecond = 20;
const [width, height] = [192, 128];

/**
 * A loop in MPEG-4 part 2, as cameras of fifteen years ago send it; our own client knows nothing
 * of it. It goes by the name of another codec: the camera's quirks describe it and cut it.
 */
export function mpeg4Footage(): EncodedSource {
  const codec = Codec.findEncoderByName(FF_ENCODER_MPEG4);
  if (codec === null) throw new Error('this FFmpeg has no MPEG-4 encoder');
  using context = new CodecContext();
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.timeBase = new Rational(1, framesPerSecond);
  context.gopSize = 10;
  FFmpegError.throwIfError(context.open2Sync(codec, null), 'open the encoder');
  using packet = new Packet();
  packet.alloc();
  const units: AccessUnit[] = [];
  for (let index = 0; index < 40; index += 1) {
    const planes = Buffer.alloc((width * height * 3) / 2, 128);
    for (let at = 0; at < width * height; at += 1) planes[at] = (at * 3 + index * 5) & 255;
    using frame = Frame.fromVideoBuffer(planes, {
      width,
      height,
      format: AV_PIX_FMT_YUV420P,
      timeBase: { num: 1, den: framesPerSecond },
    });
    frame.pts = BigInt(index);
    FFmpegError.throwIfError(context.sendFrameSync(frame), 'encode a frame');
    while (context.receivePacketSync(packet) >= 0) {
      const time = (units.length * 1000) / framesPerSecond;
      const data = Uint8Array.from(packet.data ?? []);
      units.push({ data, key: packet.isKeyframe, time, decodeTime: time });
      packet.unref();
    }
  }
  const duration = (units.length * 1000) / framesPerSecond;
  return { codec: 'h264', width, height, framesPerSecond, units, duration };
}

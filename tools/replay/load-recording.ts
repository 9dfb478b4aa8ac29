import { stat } from 'node:fs/promises';
import {
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_MJPEG,
  AV_NOPTS_VALUE,
  AVMEDIA_TYPE_VIDEO,
} from 'node-av/constants';
import {
  BitStreamFilter,
  BitStreamFilterContext,
  FFmpegError,
  FormatContext,
  Packet,
  type Stream,
} from 'node-av/lib';
import type { AccessUnit, EncodedSource, VideoCodec } from '../../demo/media/encoded-source.ts';
import { NightglassError } from '../../src/domain/errors.ts';

const defaultMaxBytes = 256 * 1024 * 1024;

/**
 * Reads the video of a recorded file (H.264, H.265 or MJPEG in any container
 * that FFmpeg knows) into memory, to be played as a seamless loop. It is not
 * encoded again: clients can join at its own key pictures only.
 * @param path a file; @param options.maxBytes refuse larger files, default 256 MiB
 * @throws NightglassError `NOT_FOUND`, `STREAM_UNSUPPORTED`
 */
export async function loadRecording(
  path: string,
  options: { maxBytes?: number } = {},
): Promise<EncodedSource> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new NightglassError('NOT_FOUND', `Cannot read ${path}: it is not there`, { cause });
  });
  if (info.size > (options.maxBytes ?? defaultMaxBytes)) {
    throw unsupported(path, 'it is too large to be held in memory');
  }
  await using format = new FormatContext();
  if ((await format.openInput(path)) < 0 || (await format.findStreamInfo()) < 0) {
    throw unsupported(path, 'FFmpeg cannot read it');
  }
  const index = format.findBestStream(AVMEDIA_TYPE_VIDEO);
  const stream = format.streams[index];
  if (stream === undefined) throw unsupported(path, 'it has no video');
  const codec = codecOf(stream);
  if (codec === undefined) throw unsupported(path, 'it is neither H.264, H.265 nor MJPEG');
  using filter = openFilter(codec, stream);
  const coded: CodedPacket[] = [];
  using packet = new Packet();
  packet.alloc();
  while ((await format.readFrame(packet)) >= 0) {
    if (packet.streamIndex === index) {
      FFmpegError.throwIfError(await filter.sendPacket(packet), 'filter a packet');
      await collect();
    }
    packet.unref();
  }
  await filter.sendPacket(null);
  await collect();
  return toSource(path, codec, stream, coded);

  async function collect(): Promise<void> {
    using out = new Packet();
    out.alloc();
    while ((await filter.receivePacket(out)) >= 0) {
      if (out.data !== null) {
        const { pts, dts, duration } = out;
        coded.push({ data: Uint8Array.from(out.data), key: out.isKeyframe, pts, dts, duration });
      }
      out.unref();
    }
  }
}

interface CodedPacket {
  readonly data: Uint8Array;
  readonly key: boolean;
  readonly pts: bigint;
  readonly dts: bigint;
  readonly duration: bigint;
}

function toSource(
  path: string,
  codec: VideoCodec,
  stream: Stream,
  coded: readonly CodedPacket[],
): EncodedSource {
  const start = coded.findIndex((packet) => packet.key);
  const [first] = coded.slice(Math.max(start, 0));
  if (start < 0 || first === undefined) throw unsupported(path, 'it has no key picture');
  const { num, den } = stream.timeBase;
  const ms = (ticks: bigint): number => (Number(ticks) * num * 1000) / den;
  if (coded.some(({ pts, dts }) => pts === AV_NOPTS_VALUE || dts === AV_NOPTS_VALUE)) {
    throw unsupported(path, 'its pictures have no times');
  }
  let last = 0;
  const units: AccessUnit[] = coded.slice(start).map((packet) => {
    last = Math.max(last, ms(packet.dts - first.dts));
    const time = Math.max(0, ms(packet.pts - first.dts));
    return { data: packet.data, key: packet.key, time, decodeTime: last };
  });
  const mean = units.length > 1 ? last / (units.length - 1) : 40;
  const tail = coded.at(-1)?.duration ?? 0n;
  const { width, height } = stream.codecpar;
  return {
    codec,
    width,
    height,
    framesPerSecond: Math.round((1000 / mean) * 1000) / 1000,
    units,
    duration: last + (tail > 0n ? ms(tail) : mean),
  };
}

function codecOf(stream: Stream): VideoCodec | undefined {
  const { codecId } = stream.codecpar;
  if (codecId === AV_CODEC_ID_H264) return 'h264';
  if (codecId === AV_CODEC_ID_HEVC) return 'h265';
  return codecId === AV_CODEC_ID_MJPEG ? 'mjpeg' : undefined;
}

/** Start codes instead of lengths, and parameter sets at each key picture. */
function openFilter(codec: VideoCodec, stream: Stream): BitStreamFilterContext {
  const name = { h264: 'h264_mp4toannexb', h265: 'hevc_mp4toannexb', mjpeg: 'null' }[codec];
  const found = BitStreamFilter.getByName(name);
  if (found === null) {
    throw new NightglassError('ENVIRONMENT', `Cannot read ${codec}: this FFmpeg has no ${name}`);
  }
  const filter = new BitStreamFilterContext();
  FFmpegError.throwIfError(filter.alloc(found), `make ${name}`);
  const parameters = filter.inputCodecParameters;
  if (parameters === null) throw new TypeError(`Cannot use ${name}: it takes no parameters`);
  FFmpegError.throwIfError(stream.codecpar.copy(parameters), `set up ${name}`);
  filter.inputTimeBase = stream.timeBase;
  FFmpegError.throwIfError(filter.init(), `open ${name}`);
  return filter;
}

function unsupported(path: string, why: string): NightglassError {
  return new NightglassError('STREAM_UNSUPPORTED', `Cannot play ${path}: ${why}`);
}

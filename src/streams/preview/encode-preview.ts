/**
 * The preview's encoder, a program of its own: Matroska on standard input,
 * MPEG-1 in MPEG-TS on standard output, times unchanged. The first
 * argument says how to show the picture; those that node-rtsp-stream gives
 * its program are ffmpeg's and not read: what they ask for is `previewCoding`. A faulty picture is left out; the program ends with
 * its input.
 */
import { Decoder, Demuxer, Encoder, FilterAPI, Muxer } from 'node-av/api';
import { AV_LOG_QUIET, FF_ENCODER_MPEG1VIDEO } from 'node-av/constants';
import { type Frame, Log, Rational } from 'node-av/lib';
import { orientationOf, upright } from '../shape/orientation.ts';
import { type PictureView, plainView } from '../shape/picture-view.ts';
import { shapeFilters } from '../shape/shape-filters.ts';
import { previewCoding, previewScale } from './preview-coding.ts';

// What ends the program is written as an error of Node; damaged pictures are no news.
Log.setLevel(AV_LOG_QUIET);
const view: PictureView = { ...plainView, ...JSON.parse(process.argv[2] ?? '{}') };
const input = await Demuxer.open('pipe:0', {
  format: 'matroska',
  copyTs: true,
  // Size and rate stand in the head.
  skipStreamInfo: true,
});
const video = input.video();
if (!video) throw new Error('no video in the input');
const decoder = await Decoder.create(video, { exitOnError: false, threadCount: 1 });
const encoder = await Encoder.create(FF_ENCODER_MPEG1VIDEO, {
  bitrate: previewCoding.bitRate,
  maxRate: previewCoding.maxBitRate,
  bufSize: previewCoding.bufferBits,
  gopSize: previewCoding.keyEvery,
  maxBFrames: 0,
  threadCount: 1,
  context: { framerate: new Rational(previewCoding.rate, 1) },
});
const output = await Muxer.open(process.stdout, {
  format: 'mpegts',
  options: { flush_packets: 1, mpegts_flags: 'pat_pmt_at_frames', max_delay: 0 },
});
const track = output.addStream(encoder);

/** Pictures that fall on the same tick of the coded rate: the first counts. */
async function* onePerTick(frames: AsyncIterable<Frame | null>): AsyncGenerator<Frame | null> {
  let last: bigint | undefined;
  for await (const frame of frames) {
    if (frame !== null && last !== undefined && frame.pts <= last) {
      frame.free();
      continue;
    }
    last = frame?.pts ?? last;
    yield frame;
  }
}

/** The first frame shows whether the video is interlaced, and its pixels' shape. */
async function* shaped(frames: AsyncGenerator<Frame | null>): AsyncGenerator<Frame | null> {
  const { value: first } = await frames.next();
  if (!first) return;
  const filters = [
    ...shapeFilters(first, orientationOf(first) ?? upright, view),
    previewScale,
    'format=yuv420p',
  ];
  const filter = FilterAPI.create([...filters, `settb=1/${previewCoding.rate}`].join(), {
    threads: 1,
    framerate: { num: previewCoding.rate, den: 1 },
  });
  const all = async function* () {
    yield first;
    yield* frames;
  };
  yield* filter.frames(all());
}

const pictures = shaped(decoder.frames(input.packets(video.index)));
for await (const packet of encoder.packets(onePerTick(pictures))) {
  await output.writePacket(packet, track);
}
await output.close();

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { FrameShaper } from '../../../src/streams/frame-shaper.ts';
import { NativePicture } from '../../../src/streams/native-picture.ts';
import { plainView } from '../../../src/streams/shape/picture-view.ts';
import { VideoDecoder } from '../../../src/streams/video-decoder.ts';
import { findFfmpeg } from '../../support/gateway/ffmpeg.ts';

const ffmpeg = findFfmpeg();
const pictures = 12;

/** An H.264 stream of test pictures, 352x288, an access unit delimiter before each. */
function encode(encoder: readonly string[], filter: readonly string[] = []): Buffer {
  const source = ['-f', 'lavfi', '-i', `testsrc2=size=352x288:rate=10:duration=${pictures / 10}`];
  const codec = ['-c:v', 'libx264', '-bf', '0', '-g', '6', '-aud', '1', ...encoder];
  return run(['-v', 'error', ...source, ...codec, ...filter, '-f', 'h264', '-']);
}

/** The first picture as FFmpeg's own program shows it, square pixels, turned as the stream says. */
function shown(stream: Buffer, filters: readonly string[]): Buffer {
  const filter = filters.length === 0 ? [] : ['-vf', filters.join()];
  const output = ['-frames:v', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'];
  return run(['-v', 'error', '-f', 'h264', '-i', '-', ...filter, ...output], stream);
}

function run(args: readonly string[], input?: Buffer): Buffer {
  return execFileSync(ffmpeg ?? 'ffmpeg', args, { input, maxBuffer: 64 * 1024 * 1024 });
}

function accessUnits(stream: Buffer): Buffer[] {
  const delimiter = Buffer.from([0, 0, 0, 1, 9]);
  const starts: number[] = [];
  for (let at = stream.indexOf(delimiter); at !== -1; at = stream.indexOf(delimiter, at + 1)) {
    starts.push(at);
  }
  return starts.map((start, index) => stream.subarray(start, starts[index + 1]));
}

/** Sizes of all pictures that come out, the pixels of the first, and how many were lost. */
async function shape(stream: Buffer, view = plainView) {
  const decoder = VideoDecoder.create('h264', { clockRate: 90_000 });
  let lost = 0;
  const shaper = new FrameShaper(view, () => {
    lost += 1;
  });
  const sizes: string[] = [];
  let first: Uint8Array | undefined;
  const times = { timestamp: 0, clockRate: 90_000, arrivedAt: 0, arrivedMonotonic: 0 };
  for (const data of accessUnits(stream)) {
    const unit = { codec: 'h264', data, key: true, damaged: false, ...times } as const;
    for (const decoded of (await decoder.decode(unit)).frames) {
      for (const { frame } of await shaper.shape(decoded)) {
        const picture = NativePicture.create(frame);
        const { width, height } = picture;
        sizes.push(`${width}x${height}`);
        first ??= (await picture.rgb({ width, height })).data;
        const crop = { x: 33, y: 21, width: 77, height: 81 };
        assert.equal((await picture.rgb({ width: 112, height: 112, crop })).data.length, 112 * 336);
        assert.ok((await picture.jpeg()).length > 1_000);
        picture.dispose();
      }
    }
  }
  decoder.close();
  shaper.close();
  return { sizes, first, lost };
}

function meanDifference(a: Uint8Array | undefined, b: Uint8Array): number {
  assert.equal(a?.length, b.length);
  return b.reduce((sum, value, at) => sum + Math.abs(value - (a?.[at] ?? 0)), 0) / b.length;
}

interface Situation {
  readonly encoder?: readonly string[];
  readonly filter?: readonly string[];
  readonly said?: string;
  readonly size: string;
  readonly reference?: readonly string[];
  /** Deinterlacing needs the next picture. */
  readonly behind?: number;
}

const deinterlace = ['bwdif=mode=send_frame'];
const situations: Readonly<Record<string, Situation>> = {
  'progressive, as it is': { size: '352x288' },
  'interlaced, top field first': {
    encoder: ['-flags', '+ildct+ilme', '-x264-params', 'tff=1'],
    ...{ size: '352x288', reference: deinterlace, behind: 1 },
  },
  'interlaced, bottom field first': {
    encoder: ['-flags', '+ildct+ilme', '-x264-params', 'bff=1'],
    ...{ size: '352x288', reference: deinterlace, behind: 1 },
  },
  'ten bits': { encoder: ['-pix_fmt', 'yuv420p10le'], size: '352x288' },
  '4:2:2': { encoder: ['-pix_fmt', 'yuv422p'], size: '352x288' },
  '4:2:2 in ten bits': { encoder: ['-pix_fmt', 'yuv422p10le'], size: '352x288' },
  '4:4:4': { encoder: ['-pix_fmt', 'yuv444p'], size: '352x288' },
  grey: { encoder: ['-pix_fmt', 'gray'], size: '352x288' },
  'full range': { encoder: ['-pix_fmt', 'yuvj420p'], size: '352x288' },
  'wide pixels': {
    filter: ['-vf', 'setsar=16/11'],
    ...{ size: '512x288', reference: ['scale=512:288:flags=bicubic'] },
  },
  'tall pixels': {
    filter: ['-vf', 'setsar=1/2'],
    ...{ size: '352x576', reference: ['scale=352:576:flags=bicubic'] },
  },
  'turned by the stream': { said: 'rotate=90', size: '288x352' },
  'turned the other way': { said: 'rotate=270', size: '288x352' },
  'upside down': { said: 'rotate=180', size: '352x288' },
  mirrored: { said: 'flip=horizontal', size: '352x288' },
  'turned and mirrored': { said: 'rotate=90:flip=horizontal', size: '288x352' },
};

describe('pictures as they are meant', {
  skip: ffmpeg === undefined && 'no ffmpeg program',
}, () => {
  for (const [name, situation] of Object.entries(situations)) {
    it(name, async () => {
      const { encoder = ['-pix_fmt', 'yuv420p'], filter, said, size, behind = 0 } = situation;
      let stream = encode(encoder, filter);
      if (said !== undefined) {
        const bits = ['-c', 'copy', '-bsf:v', `h264_metadata=display_orientation=insert:${said}`];
        stream = run(['-v', 'error', '-f', 'h264', '-i', '-', ...bits, '-f', 'h264', '-'], stream);
      }
      const { sizes, first } = await shape(stream);
      assert.deepEqual(sizes, Array(pictures - behind).fill(size));
      const difference = meanDifference(first, shown(stream, situation.reference ?? []));
      assert.ok(difference < 6, `mean difference ${difference.toFixed(1)} of 255`);
    });
  }

  it('counts the interlaced picture that is lost when the stream changes its size', async () => {
    const interlaced = ['-flags', '+ildct+ilme', '-x264-params', 'tff=1'];
    const larger = encode(interlaced, ['-vf', 'scale=704:576']);
    const stream = Buffer.concat([encode(interlaced), larger]);
    const { sizes, lost } = await shape(stream);
    // The last one waits for a successor when the stream ends.
    assert.equal(sizes.length + lost + 1, 2 * pictures);
    assert.equal(lost, 1);
    assert.deepEqual([sizes[0], sizes.at(-1)], ['352x288', '704x576']);
  });

  it('turns and mirrors as configured, after what the stream says', async () => {
    const stream = encode(['-pix_fmt', 'yuv420p']);
    const { sizes, first } = await shape(stream, { ...plainView, rotate: 90, mirror: true });
    assert.equal(sizes[0], '288x352');
    assert.ok(meanDifference(first, shown(stream, ['transpose=clock', 'hflip'])) < 6);
  });

  it('blackens what is masked, whole rows and columns, after the turn', async () => {
    const stream = encode(['-pix_fmt', 'yuv420p']);
    const mask = { x: 0.25, y: 0.5, width: 0.5, height: 0.25 };
    const { first } = await shape(stream, { ...plainView, rotate: 90, masks: [mask] });
    assert.ok(first);
    const bright = (x: number, y: number) =>
      Math.max(...first.subarray((y * 288 + x) * 3, (y * 288 + x) * 3 + 3));
    for (let y = 0; y < 352; y += 1) {
      for (let x = 0; x < 288; x += 1) {
        // Colour has half the resolution: at the rim it is that of the neighbours.
        const masked = x >= 74 && x < 214 && y >= 178 && y < 262;
        if (masked) assert.ok(bright(x, y) <= 3, `${x},${y}`);
      }
    }
    assert.ok(bright(60, 220) > 16 || bright(230, 220) > 16 || bright(150, 300) > 16);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import type { NewClip } from '../../../src/domain/clip.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';
import type { Orientation } from '../../../src/streams/shape/orientation.ts';
import { codedFootage } from '../../support/demo/coded-footage.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { probeClip } from '../../support/live/probe-clip.ts';
import { allQuirks } from '../../support/quirks/all-quirks.ts';
import { mpeg4Footage } from '../../support/quirks/mpeg4-footage.ts';
import { recordCamera } from '../../support/streams/recorded-camera.ts';

/** As the file is stored. */
function bytesOf(clip: NewClip): Buffer {
  const bytes = Buffer.concat([...clip.file]);
  assert.equal(bytes.length, clip.clip.bytes);
  return bytes;
}

/** The first picture as another player shows it: turned and shaped as the file says. */
function shownBy(clip: Buffer): RgbImage {
  const folder = mkdtempSync(join(tmpdir(), 'nightglass-clip-'));
  const file = join(folder, 'clip.mp4');
  try {
    writeFileSync(file, clip);
    const shown = execFileSync('ffmpeg', [
      ...['-v', 'error', '-i', file, '-frames:v', '1'],
      ...['-vf', 'scale=w=iw*sar:h=ih,setsar=1', '-f', 'image2pipe', '-c:v', 'ppm', '-'],
    ]);
    const [head = '', width = '', height = ''] =
      /^P6\s(\d+) (\d+)\s255\s/.exec(shown.subarray(0, 64).toString('latin1')) ?? [];
    const size = { width: Number(width), height: Number(height) };
    return { ...size, data: new Uint8Array(shown.subarray(head.length)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Brightness in the middle of each quarter, row by row. */
function quartersOf({ width, height, data }: RgbImage): number[] {
  return [0.25, 0.75].flatMap((y) =>
    [0.25, 0.75].map(
      (x) => data[(Math.floor(y * height) * width + Math.floor(x * width)) * 3] ?? 0,
    ),
  );
}

/** What holds for each clip: another reader plays it, from a key picture on, at the camera's pace. */
async function assertPlays(source: EncodedSource, codec: string, orientation?: Orientation) {
  const given = orientation === undefined ? {} : { orientation };
  const { clip, seen } = await recordCamera(source, given);
  assert.ok(typeof clip !== 'string', String(clip));
  const bytes = bytesOf(clip);
  const probed = probeClip(bytes);
  assert.equal(probed.complaints, '');
  assert.equal(probed.streams[0]?.codec_name, codec);
  const pictures = probed.packets.filter(({ codec_type }) => codec_type === 'video');
  assert.match(pictures[0]?.flags ?? '', /^K/);
  // A second before and after; where the machine holds the camera up, the end is missing.
  assert.ok(pictures.length >= 20, `${pictures.length} pictures`);
  const times = pictures.map(({ pts_time }) => Math.round(Number(pts_time) * 1000));
  const inOrder = times.toSorted((a, b) => a - b);
  assert.equal(inOrder[0], 0);
  // What refers to a later picture may be cut off at the end.
  for (const [at, time] of inOrder.slice(0, -2).entries()) {
    if (at > 0) assert.ok(Math.abs(time - (inOrder[at - 1] ?? 0) - 50) <= 2, inOrder.join(' '));
  }
  assert.equal(clip.faces.pictures.length, pictures.length);
  return { clip, bytes, seen, times };
}

describe('clips of what cameras send', { concurrency: 3, timeout: 300_000 }, () => {
  for (const [codec, named] of [
    ['h264', 'h264'],
    ['h265', 'hevc'],
    ['mjpeg', 'mjpeg'],
  ] as const) {
    it(`${codec}: picture by picture as it was coded`, async () => {
      const source = await testFootage({ codec, width: 320, height: 192 });
      const { bytes, clip } = await assertPlays(source, named);
      assert.equal(clip.clip.codec, named);
      const shown = shownBy(bytes);
      assert.deepEqual([shown.width, shown.height], [320, 192]);
      if (codec === 'mjpeg') return;
      // The coded slices stand in the file unchanged.
      const found = source.units.filter(({ data }) => bytes.includes(lastUnit(data))).length;
      assert.ok(found >= 20, `${found} of ${source.units.length}`);
    });
  }

  for (const codec of ['h264', 'h265'] as const) {
    it(`${codec} with B pictures: shown in their order`, async () => {
      const picture = 'testsrc2=size=320x192:rate=20:duration=2';
      const size = { width: 320, height: 192 };
      const source = await codedFootage({ codec, ...size, picture, bPictures: 2 });
      const reordered = (times: readonly number[]) =>
        times.some((time, at) => time < (times[at - 1] ?? 0));
      assert.ok(reordered(source.units.map(({ time }) => time)));
      const { times } = await assertPlays(source, codec === 'h265' ? 'hevc' : 'h264');
      assert.ok(reordered(times));
    });
  }

  const turned: readonly [EncodedSource['codec'], Orientation][] = [
    ['h264', { rotate: 90, mirror: false }],
    ['h264', { rotate: 180, mirror: true }],
    ['h265', { rotate: 270, mirror: true }],
  ];
  for (const [codec, orientation] of turned) {
    const { rotate, mirror } = orientation;
    it(`${codec} turned by ${rotate}${mirror ? ', mirrored' : ''}: as the analysis sees it`, async () => {
      const size = { width: 320, height: 192 };
      const source = await codedFootage({ codec: codec === 'h265' ? codec : 'h264', ...size });
      const { bytes, seen } = await assertPlays(
        source,
        codec === 'h265' ? 'hevc' : 'h264',
        orientation,
      );
      assertSame(shownBy(bytes), seen);
    });
  }

  it('odd sides and pixels that are no squares: shaped as the analysis sees it', async () => {
    const cropped = await codedFootage({ codec: 'h264', width: 322, height: 186 });
    const wide = await codedFootage({ codec: 'h264', width: 176, height: 192, pixelShape: '2/1' });
    for (const source of [cropped, wide]) {
      const { bytes, seen } = await assertPlays(source, 'h264');
      assertSame(shownBy(bytes), seen);
    }
  });

  it('a codec that has no clip says so', async () => {
    const quirk = allQuirks.find(({ id }) => id === 'mpeg4');
    assert.ok(quirk);
    const { clip } = await recordCamera(mpeg4Footage(), { quirks: quirk.quirks('cam') });
    assert.equal(clip, 'codec');
  });
});

/** The last NAL unit of a picture: its (last) slice. */
function lastUnit(data: Uint8Array): Buffer {
  const bytes = Buffer.from(data);
  return bytes.subarray(bytes.lastIndexOf(Buffer.from([0, 0, 1])) + 3);
}

function assertSame(shown: RgbImage, seen: RgbImage): void {
  assert.deepEqual([shown.width, shown.height], [seen.width, seen.height]);
  const [one, other] = [quartersOf(shown), quartersOf(seen)];
  for (const [at, value] of one.entries()) {
    assert.ok(Math.abs(value - (other[at] ?? 0)) < 12, `${one.join(' ')} and ${other.join(' ')}`);
  }
}

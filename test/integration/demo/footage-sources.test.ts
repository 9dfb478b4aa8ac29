import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { encodeFootage } from '../../../demo/media/encode-footage.ts';
import { assertEncodedSource } from '../../../demo/media/encoded-source.ts';
import { h264NalType, splitNalUnits } from '../../../demo/rtsp/annex-b.ts';
import { createRtspServer } from '../../../demo/rtsp/rtsp-server.ts';
import { loadRecording } from '../../../tools/replay/load-recording.ts';
import { pullFrames } from '../../support/demo/av-client.ts';
import { movingPictures } from '../../support/demo/test-footage.ts';

const run = promisify(execFile);
const skip =
  spawnSync('ffmpeg', ['-version']).status === 0 ? false : 'there is no ffmpeg on this machine';

describe('encodeFootage', () => {
  for (const codec of ['h264', 'h265', 'mjpeg'] as const) {
    it(`makes a ${codec} loop with a key picture each interval`, async () => {
      const source = await encodeFootage(movingPictures(96, 64, 12), {
        codec,
        framesPerSecond: 8,
        keyInterval: 4,
      });
      assertEncodedSource(source);
      assert.equal(source.units.length, 12);
      assert.equal(source.duration, 1500);
      const keys = source.units.map(({ key }) => key);
      assert.deepEqual(
        keys,
        keys.map((_, index) => codec === 'mjpeg' || index % 4 === 0),
      );
      assert.deepEqual(
        source.units.slice(0, 3).map(({ time }) => time),
        [0, 125, 250],
      );
    });
  }

  it('repeats the parameter sets at each key picture', async () => {
    const source = await encodeFootage(movingPictures(96, 64, 8), {
      codec: 'h264',
      framesPerSecond: 8,
      keyInterval: 4,
    });
    for (const { data, key } of source.units) {
      const types = splitNalUnits(data).map(h264NalType);
      assert.equal(types.includes(7) && types.includes(8), key);
    }
  });

  it('refuses no pictures, and pictures that differ in size', async () => {
    const options = { framesPerSecond: 5 };
    await assert.rejects(encodeFootage([], options), RangeError);
    const mixed = [...movingPictures(96, 64, 1), ...movingPictures(64, 64, 1)];
    await assert.rejects(encodeFootage(mixed, options), RangeError);
  });
});

describe('loadRecording', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-recording-'));
  });

  after(() => rm(folder, { recursive: true }));

  async function record(name: string, encoder: readonly string[]): Promise<string> {
    const path = join(folder, name);
    const input = ['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=20', '-t', '1.5'];
    await run('ffmpeg', ['-v', 'error', ...input, '-pix_fmt', 'yuv420p', ...encoder, path]);
    return path;
  }

  it('plays an MP4 with reordered pictures as a seamless loop', { skip }, async () => {
    const path = await record('reordered.mp4', ['-c:v', 'libx264', '-bf', '2', '-g', '10']);
    const source = await loadRecording(path);
    assert.equal(source.codec, 'h264');
    assert.deepEqual([source.width, source.height, source.units.length], [160, 120, 30]);
    assert.ok(Math.abs(source.duration - 1500) < 1, `${source.duration} ms`);
    assert.ok(source.units.some(({ time, decodeTime }) => time > decodeTime + 40));
    const server = await createRtspServer({ cameras: [{ path: 'door', source }] });
    const frames = await pullFrames(server.url('door'), { transport: 'tcp', count: 60 });
    assert.ok(frames.every(({ errors }) => errors === 0));
    await server.close();
  });

  it('reads H.265 and MJPEG', { skip }, async () => {
    const hevc = ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-tag:v', 'hvc1'];
    assert.equal((await loadRecording(await record('a.mp4', hevc))).codec, 'h265');
    const jpeg = ['-c:v', 'mjpeg', '-huffman', 'default'];
    const source = await loadRecording(await record('b.avi', jpeg));
    assert.equal(source.codec, 'mjpeg');
    assert.ok(source.units.every(({ key }) => key));
  });

  it('says why it cannot play a file', { skip }, async () => {
    await assert.rejects(loadRecording(join(folder, 'none.mp4')), { code: 'NOT_FOUND' });
    await writeFile(join(folder, 'text.mp4'), 'no video');
    await assert.rejects(loadRecording(join(folder, 'text.mp4')), { code: 'STREAM_UNSUPPORTED' });
    const other = await record('c.mkv', ['-c:v', 'mpeg4']);
    await assert.rejects(loadRecording(other), { code: 'STREAM_UNSUPPORTED' });
    await assert.rejects(loadRecording(other, { maxBytes: 10 }), /too large/);
  });
});

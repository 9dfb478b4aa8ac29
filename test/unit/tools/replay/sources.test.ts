import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { FrameLedger } from '../../../../src/domain/frame/ledger.ts';
import { createImageCodec } from '../../../../src/streams/image-codec.ts';
import { MediaTimeline } from '../../../../src/streams/media-timeline.ts';
import { matroskaHead, matroskaPicture } from '../../../../src/streams/preview/matroska-writer.ts';
import { openFile } from '../../../../src/streams/recorded/file-source.ts';
import { openCuts } from '../../../../tools/replay/cut-footage.ts';
import { openFolder } from '../../../../tools/replay/folder-source.ts';
import { testFootage } from '../../../support/demo/test-footage.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

describe('recorded footage', () => {
  let folder: string;
  const file = () => join(folder, 'clip.mkv');
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-'));
    const source = await testFootage({ count: 20 });
    const { codec, width, height } = source;
    assert.equal(codec, 'h264');
    const pictures = source.units.map(({ data, key, time }) =>
      matroskaPicture({ data: Buffer.from(data), key, time }),
    );
    const head = matroskaHead({ codec: 'h264', width, height });
    await writeFile(file(), Buffer.concat([head, ...pictures]));
    const { encodeJpeg } = createImageCodec();
    for (const [name, shade] of [
      ['10.jpg', 200],
      ['9.jpg', 100],
      ['1.JPEG', 20],
    ] as const) {
      const data = new Uint8Array(16 * 16 * 3).fill(shade);
      await writeFile(join(folder, name), await encodeJpeg({ width: 16, height: 16, data }));
    }
    await writeFile(join(folder, '5.png'), 'not a picture');
    await writeFile(join(folder, 'notes.txt'), 'not an image');
  });
  after(() => rm(folder, { recursive: true }));

  it('gives every frame of a file in order, then completes', async () => {
    const ledger = new FrameLedger();
    const times: number[] = [];
    for await (using frame of openFile({ cameraId: 'f', path: file(), ledger, startAt: 1_000 })) {
      assert.deepEqual([frame.sequence, frame.width, frame.height], [times.length, 192, 128]);
      assert.equal(frame.capturedAt, 1_000 + frame.mediaTime);
      assert.equal(ledger.live, 1, 'decodes only what is asked for');
      times.push(frame.mediaTime);
    }
    assert.deepEqual(
      times,
      Array.from({ length: 20 }, (_, index) => index * 50),
    );
    assert.equal(ledger.live, 0);
    assert.deepEqual(ledger.drops(), []);
  });

  it('joins stretches of files, whose time goes on over the cuts', async () => {
    const ledger = new FrameLedger();
    const path = file();
    const cuts = [
      { path, from: 0.8 },
      { path, to: 0.1 },
      { path, from: 0.9 },
    ];
    const seen: number[][] = [];
    for await (using frame of openCuts({ cameraId: 'f', ledger, startAt: 1_000, cuts })) {
      seen.push([frame.sequence, frame.mediaTime, frame.capturedAt]);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 8 }, (_, index) => [index, index * 50, 1_000 + index * 50]),
    );
    assert.equal(ledger.live, 0);
    assert.deepEqual(ledger.drops(), []);
  });

  it('stops in the middle', async () => {
    const ledger = new FrameLedger();
    for await (using frame of openFile({ cameraId: 'f', path: file(), ledger })) {
      if (frame.sequence === 3) break;
    }
    const abort = new AbortController();
    let count = 0;
    for await (using _ of openFile({ cameraId: 'f', path: file(), ledger, signal: abort.signal })) {
      count += 1;
      abort.abort();
    }
    assert.equal(count, 1);
    assert.equal(ledger.live, 0);
  });

  it('keeps the pace of the recording', async () => {
    const ledger = new FrameLedger();
    const clock = new FakeClock();
    const frames = openFile({ cameraId: 'f', path: file(), ledger, clock, pace: 'realtime' });
    (await frames.next()).value?.[Symbol.dispose]();
    let arrived = false;
    const second = frames.next().then((result) => {
      arrived = true;
      return result.value;
    });
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(49);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(arrived, false);
    clock.advance(1);
    const frame = await second;
    assert.equal(frame?.capturedMonotonic, 50);
    frame?.[Symbol.dispose]();
    await frames.return();
    assert.equal(ledger.live, 0);
  });

  it('says what is wrong with a file', async () => {
    const ledger = new FrameLedger();
    const first = (path: string) => openFile({ cameraId: 'f', path, ledger }).next();
    await assert.rejects(first(join(folder, 'none.mp4')), (error) =>
      isNightglassError(error, 'STREAM_UNREACHABLE'),
    );
    await assert.rejects(first(join(folder, 'notes.txt')), (error) => isNightglassError(error));
  });

  it('gives the images of a folder by number, and counts those it cannot read', async () => {
    const ledger = new FrameLedger();
    const seen: number[][] = [];
    for await (using frame of openFolder({
      cameraId: 'f',
      path: folder,
      ledger,
      framesPerSecond: 4,
    })) {
      const { data } = await frame.picture.rgb({ width: 16, height: 16 });
      seen.push([frame.sequence, frame.mediaTime, Math.round((data[0] ?? 0) / 20)]);
    }
    assert.deepEqual(seen, [
      [0, 0, 1],
      [1, 500, 5],
      [2, 750, 10],
    ]);
    assert.deepEqual(ledger.drops(), [{ cameraId: 'f', reason: 'decode_error', count: 1 }]);
    assert.equal(ledger.live, 0);
    const missing = openFolder({ cameraId: 'f', path: join(folder, 'none'), ledger }).next();
    await assert.rejects(missing, (error) => isNightglassError(error, 'STREAM_UNREACHABLE'));
  });
});

describe('media timeline', () => {
  const at = (timestamp: number, arrivedMonotonic: number) => ({
    timestamp,
    clockRate: 90_000,
    arrivedMonotonic,
  });

  it('takes the spacing of the stamps, not of the arrivals', () => {
    const timeline = new MediaTimeline();
    assert.deepEqual(
      [timeline.at(at(0, 100)), timeline.at(at(9_000, 230)), timeline.at(at(18_000, 290))],
      [100, 200, 300],
    );
  });

  it('starts anew when the stamps jump, go back or stand still', () => {
    const timeline = new MediaTimeline();
    timeline.at(at(0, 100));
    assert.equal(timeline.at(at(90_000_000, 200)), 200);
    assert.equal(timeline.at(at(89_991_000, 300)), 300);
    assert.equal(timeline.at(at(89_991_000, 300)), 301);
  });
});

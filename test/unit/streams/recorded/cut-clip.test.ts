import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { footageBounds } from '../../../../src/domain/bounds.ts';
import { systemClock } from '../../../../src/domain/clock.ts';
import { FrameLedger } from '../../../../src/domain/frame/ledger.ts';
import { ClipCutter, type HashedRecording } from '../../../../src/streams/recorded/clip-cutter.ts';
import { cutClip } from '../../../../src/streams/recorded/cut-clip.ts';
import { readPictures } from '../../../../src/streams/recorded/file-source.ts';
import { examineRecording } from '../../../../src/streams/recorded/find-recordings.ts';
import { matroskaFile } from '../../../support/demo/matroska-file.ts';
import { testFootage } from '../../../support/demo/test-footage.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { remux } from '../../../support/streams/remux.ts';

describe('clips of recorded files', () => {
  let folder: string;
  let video: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-clip-'));
    video = join(folder, 'video.mkv');
    await writeFile(video, matroskaFile(await testFootage({ count: 40 })));
  });
  after(() => rm(folder, { recursive: true }));

  /** Media times of the pictures of a clip, all of which can be decoded. */
  async function timesOf(clip: Uint8Array): Promise<number[]> {
    const path = join(folder, 'clip.mp4');
    await writeFile(path, clip);
    const ledger = new FrameLedger();
    const times: number[] = [];
    for await (const { picture, mediaTime } of readPictures({ path, cameraId: '', ledger })) {
      picture.dispose();
      times.push(mediaTime);
    }
    assert.deepEqual(ledger.drops(), []);
    return times;
  }

  // 20 pictures a second, a key picture each ten; bare H.264 has no times: 25 a second are assumed.
  // ASF is searched in roughly, and begins one key picture earlier.
  for (const [format, count] of [
    ...([['matroska', 11] as const, ['mp4', 11], ['avi', 11], ['mpegts', 11]] as const),
    ...([['flv', 11] as const, ['mpeg', 11], ['asf', 21], ['h264', 18]] as const),
  ]) {
    it(`begin at the key picture before and end in time (${format})`, async () => {
      const path = join(folder, `video.${format}`);
      await remux(video, path, format);
      const times = await timesOf(await cutClip(path, { from: 1.02, until: 1.51 }));
      assert.ok(Math.abs(times.length - count) <= 1, `${times.length} pictures`);
      assert.ok((times.at(-1) ?? 0) <= 50 * (count + 1), `${times.at(-1)} ms`);
    });
  }

  it('say where they begin in a file whose pictures have no times', async () => {
    const { units, ...rest } = await testFootage({ count: 40 });
    const long = join(folder, 'long.mkv');
    // 1000 pictures: 40 s at the 25 a second that are assumed.
    const repeated = Array.from({ length: 25 }, () => units).flat();
    await writeFile(long, matroskaFile({ ...rest, units: repeated }));
    const path = join(folder, 'long.h264');
    await remux(long, path, 'h264');
    for (const asked of [0, 10, 20.5]) {
      const begun: number[] = [];
      const span = { from: asked, until: asked + 1 };
      const clip = await cutClip(path, span, { onBegin: (second) => begun.push(second) });
      const [from = assert.fail('nothing was said')] = begun;
      // A key picture each ten: at most 0.4 s before what was asked for.
      const key = Math.floor((asked + 1e-6) / 0.4) * 0.4;
      assert.deepEqual(begun.length, 1);
      assert.ok(Math.abs(from - key) < 0.05, `asked for ${asked} s, begins at ${from} s`);
      const pictures = (await timesOf(clip)).length;
      assert.ok(Math.abs(pictures - (asked + 1 - from) * 25) <= 2, `${pictures} pictures`);
    }
  });

  it('count from the first picture that can be decoded, as the search does', async () => {
    const { units, ...rest } = await testFootage({ count: 40 });
    const path = join(folder, 'late.mkv');
    // Begins between two key pictures: the first picture is the one at 500 ms.
    await writeFile(path, matroskaFile({ ...rest, units: units.slice(5) }));
    const times = await timesOf(await cutClip(path, { from: 0.51, until: 0.7 }));
    assert.equal(times.length, 5);
  });

  it('are refused where no picture of the part is there', async () => {
    await assert.rejects(cutClip(video, { from: 100, until: 110 }), {
      ...{ code: 'STREAM_UNSUPPORTED', message: /no picture of the part/ },
    });
  });

  it('hold no more coded pictures than their bytes allow', async () => {
    const whole = await cutClip(video, { from: 0, until: 60 });
    const bytes = Math.ceil(whole.byteLength / 2);
    const half = await cutClip(video, { from: 0, until: 60 }, { mostBytes: bytes });
    assert.ok(half.byteLength <= bytes + 4_096, `${half.byteLength} of ${bytes}`);
    assert.ok((await timesOf(half)).length >= 5);
    // What would show nothing of the part is none.
    await assert.rejects(cutClip(video, { from: 0.49, until: 1 }, { mostBytes: 8_000 }), {
      ...{ code: 'STREAM_UNSUPPORTED', message: /key pictures lie too far apart/ },
    });
  });

  describe('of files as they were hashed', () => {
    const span = { from: 0, until: 1 };
    const hashed = async (name: string): Promise<HashedRecording> => {
      const path = join(folder, name);
      await copyFile(video, path);
      return examineRecording(path);
    };

    it('are cut from a file that was touched, not from one that was replaced', async () => {
      const cutter = new ClipCutter(systemClock);
      const file = await hashed('kept.mkv');
      assert.ok((await cutter.cut(file, span)).byteLength > 0);
      await utimes(file.path, new Date(0), new Date(0));
      assert.ok((await cutter.cut(file, span)).byteLength > 0, 'its hash says that it is the same');
      const other = join(folder, 'other.mkv');
      await writeFile(other, matroskaFile(await testFootage({ count: 20 })));
      await rename(other, file.path);
      await assert.rejects(cutter.cut(file, span), { code: 'CONFLICT' });
    });

    it('are not waited for where there is no file any more', async (t) => {
      const file = await hashed('pipe.mkv');
      await rm(file.path);
      try {
        execFileSync('mkfifo', [file.path]);
      } catch {
        t.skip('no mkfifo here');
        return;
      }
      const cut = new ClipCutter(systemClock).cut(file, span);
      await assert.rejects(cut, { code: 'STREAM_UNREACHABLE' });
    });

    it('take no longer than their time, and hang in the disk in no more than their number', async () => {
      const clock = new FakeClock();
      const cutter = new ClipCutter(clock);
      const file = await hashed('slow.mkv');
      const late = Array.from({ length: footageBounds.clipsAtOnce }, () => cutter.cut(file, span));
      clock.advance(footageBounds.clipMs);
      for (const each of late) {
        await assert.rejects(each, {
          code: 'STREAM_UNREACHABLE',
          message: /took longer than 30 s/,
        });
      }
      assert.equal(clock.pending, 0);
      for (;;) {
        // As soon as the disk has answered there is room again.
        const clip = await cutter.cut(file, span).catch((error: { code: string }) => error.code);
        if (typeof clip !== 'string') break;
        assert.equal(clip, 'BUSY');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
  });
});

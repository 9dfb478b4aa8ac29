import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import {
  appendFile,
  copyFile,
  type FileHandle,
  mkdtemp,
  open,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { footageBounds } from '../../../src/domain/bounds.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { readPictures } from '../../../src/streams/recorded/file-source.ts';
import {
  FootageReader,
  type ReadingOptions,
} from '../../../src/streams/recorded/reader/footage-reader.ts';
import { identityOf } from '../../../src/streams/recorded/recording-identity.ts';
import { matroskaFile } from '../../support/demo/matroska-file.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';

const size = { width: 96, height: 54 };
const crop = { x: 100, y: 60, width: 64, height: 64 };

/** Opens a pipe for writing, once somebody reads it. */
async function opened(pipe: string): Promise<FileHandle> {
  for (;;) {
    try {
      return await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

describe('the reader of footage', { timeout: 240_000 }, () => {
  let folder: string;
  let path: string;
  const order = (): ReadingOptions => ({
    path,
    threads: 1,
    rate: null,
    keysOnly: false,
    from: 0,
    held: { least: 8, most: 8, bytes: 0 },
  });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-reader-'));
    path = join(folder, 'lobby.mkv');
    const [lobby] = (await demoFootage()).cameras;
    assert.ok(lobby);
    await writeFile(path, matroskaFile(lobby.source));
  });
  after(() => rm(folder, { recursive: true }));

  it('gives the pictures that decoding on the spot gives, to the pixel', async () => {
    await using reader = new FootageReader();
    const here = readPictures({ path, cameraId: 'file', ledger: new FrameLedger() });
    let count = 0;
    for await (const { picture, mediaTime, passed } of reader.read(order())) {
      const { value } = await here.next();
      assert.ok(value);
      assert.equal(mediaTime, value.mediaTime);
      assert.deepEqual(passed, { decoded: 1, damaged: 0 });
      if (count % 20 === 0) {
        const shared = new Uint8Array(new SharedArrayBuffer(size.width * size.height * 3));
        const scaled = await picture.rgb({ ...size, into: shared });
        assert.equal(scaled.data, shared);
        assert.deepEqual(
          Uint8Array.from(shared),
          Uint8Array.from((await value.picture.rgb(size)).data),
        );
        const part = { crop, width: 64, height: 64 };
        const own = new Uint8Array(64 * 64 * 3);
        assert.equal((await picture.rgb({ ...part, into: own })).data, own);
        assert.deepEqual(own, Uint8Array.from((await value.picture.rgb(part)).data));
        assert.deepEqual(await picture.luma(size), await value.picture.luma(size));
        assert.deepEqual(
          await picture.jpeg({ maxWidth: 200 }),
          Uint8Array.from(await value.picture.jpeg({ maxWidth: 200 })),
        );
      }
      count += 1;
      picture.dispose();
      value.picture.dispose();
      await assert.rejects(picture.luma(size), TypeError);
    }
    assert.equal(count, 160);
    assert.equal((await here.next()).done, true);
  });

  it('thins pictures evenly, from a time on, without decoding what lies far before it', async () => {
    await using reader = new FootageReader();
    const times: number[] = [];
    let decoded = 0;
    let end = 0;
    const onEnd: ReadingOptions['onEnd'] = (passed, mediaTime) => {
      decoded += passed.decoded;
      end = mediaTime;
    };
    for await (const each of reader.read({ ...order(), rate: 5, from: 8_000, onEnd })) {
      times.push(each.mediaTime);
      decoded += each.passed.decoded;
      each.picture.dispose();
    }
    assert.deepEqual(times.slice(0, 3), [8_000, 8_200, 8_400]);
    assert.equal(times.length, 40);
    assert.equal(end, 15_900);
    assert.ok(decoded >= 80 && decoded < 120, `${decoded} of 160 are decoded`);
  });

  it('gives key pictures alone, each at its time, where those are asked for', async () => {
    await using reader = new FootageReader();
    const all = new Map<number, Uint8Array>();
    for await (const { picture, mediaTime } of reader.read(order())) {
      all.set(mediaTime, (await picture.luma(size)).data);
      picture.dispose();
    }
    const times: number[] = [];
    let decoded = 0;
    for await (const each of reader.read({ ...order(), keysOnly: true })) {
      times.push(each.mediaTime);
      decoded += each.passed.decoded;
      assert.deepEqual((await each.picture.luma(size)).data, all.get(each.mediaTime));
      each.picture.dispose();
    }
    assert.equal(times[0], 0);
    assert.ok(times.length >= 2 && times.length <= 40, `${times.length} of ${all.size}`);
    assert.equal(decoded, times.length);
  });

  it('makes a few pictures ready and waits, and reads the next file after one was left', async () => {
    await using reader = new FootageReader();
    const pictures = reader.read(order());
    const held = [];
    for (let at = 0; at < 8; at += 1) held.push((await pictures.next()).value);
    const next = pictures.next();
    const early = await Promise.race([next, held[0]?.picture.rgb(size).then(() => 'waits')]);
    assert.equal(early, 'waits', 'a ninth comes when one is freed');
    held[0]?.picture.dispose();
    const ninth = (await next).value;
    assert.ok(ninth && ninth.mediaTime === 800);
    for (const each of [...held, ninth]) each?.picture.dispose();
    await pictures.return(undefined);
    const again = reader.read(order());
    const first = (await again.next()).value;
    assert.equal(first?.mediaTime, 0);
    first?.picture.dispose();
    await again.return(undefined);
  });

  it('ends at once when it is aborted', async () => {
    await using reader = new FootageReader();
    const abort = new AbortController();
    let count = 0;
    for await (const { picture } of reader.read({ ...order(), signal: abort.signal })) {
      picture.dispose();
      count += 1;
      if (count === 3) abort.abort();
    }
    assert.equal(count, 3);
  });

  it('waits for whoever looks at its pictures, however long, and not for a disk', async (t) => {
    const clock = new FakeClock();
    const look = footageBounds.silenceMs / 4;
    {
      await using reader = new FootageReader(clock);
      const pictures = reader.read(order());
      const held = [];
      for (let at = 0; at < 8; at += 1) held.push((await pictures.next()).value);
      const ninth = pictures.next();
      for (let looks = 0; looks < 12; looks += 1) {
        clock.advance(look);
        // Its answer comes behind the sign that it is there.
        await held[0]?.picture.rgb(size);
      }
      held[0]?.picture.dispose();
      const { value } = await ninth;
      assert.equal(value?.mediaTime, 800);
      for (const each of [...held, value]) each?.picture.dispose();
      await pictures.return(undefined);
    }
    const pipe = join(folder, 'pipe.mkv');
    try {
      execFileSync('mkfifo', [pipe]);
    } catch {
      t.skip('no mkfifo here');
      return;
    }
    const reader = new FootageReader(clock);
    const next = reader.read({ ...order(), path: pipe }).next();
    const refused = assert.rejects(next, {
      ...{ code: 'STREAM_UNREACHABLE', message: /the disk does not answer/ },
    });
    // As soon as it has opened the pipe, it waits for what never comes.
    const writer = await opened(pipe);
    for (let looks = 0; looks < 5; looks += 1) clock.advance(look);
    await refused;
    assert.ok(reader.isLost);
    await assert.rejects(reader.read(order()).next(), { code: 'STREAM_UNREACHABLE' });
    let isOver = false;
    const closed = assert
      .rejects(reader[Symbol.asyncDispose](), { code: 'FOOTAGE_STALLED' })
      .finally(() => {
        isOver = true;
      });
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(footageBounds.endMs);
    }
    await closed;
    // The disk answers: the thread ends.
    await writer.close();
  });

  it('refuses another file than was meant, and one that is written to meanwhile', async () => {
    await using reader = new FootageReader();
    const copy = join(folder, 'copy.mkv');
    await copyFile(path, copy);
    const identity = await identityOf(copy);
    const reading = reader.read({ ...order(), path: copy, identity });
    for await (const { picture, mediaTime } of reading) {
      picture.dispose();
      if (mediaTime > 1_000) break;
    }
    const whole = async () => {
      for await (const { picture, mediaTime } of reader.read({
        ...order(),
        path: copy,
        identity,
      })) {
        picture.dispose();
        if (mediaTime === 0) await appendFile(copy, 'more');
      }
    };
    await assert.rejects(whole, { code: 'CONFLICT' });
    await assert.rejects(whole, { code: 'CONFLICT' });
    await rm(copy);
    await copyFile(path, copy);
    await assert.rejects(whole, { code: 'CONFLICT' });
  });

  it('says why a file cannot be read', async () => {
    await using reader = new FootageReader();
    const text = join(folder, 'notes.txt');
    await writeFile(text, 'no video');
    for (const [name, code] of [
      [text, /STREAM_UN/],
      [join(folder, 'none.mp4'), /STREAM_UNREACHABLE/],
    ] as const) {
      await assert.rejects(
        reader.read({ ...order(), path: name }).next(),
        (error) => isNightglassError(error) && code.test(error.code) && error.hint !== undefined,
      );
    }
  });
});

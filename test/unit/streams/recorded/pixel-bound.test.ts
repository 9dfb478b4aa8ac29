import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FrameLedger } from '../../../../src/domain/frame/ledger.ts';
import { isBeyondPixelBound } from '../../../../src/streams/bound-pixels.ts';
import { createImageCodec } from '../../../../src/streams/image-codec.ts';
import { readPictures } from '../../../../src/streams/recorded/file-source.ts';
import { examineRecording } from '../../../../src/streams/recorded/find-recordings.ts';
import { shownPictures } from '../../../../src/streams/redraw/shown-pictures.ts';

const huge = { width: 8_200, height: 4_400 };

describe('pictures of recorded files beyond 8192x4320', { timeout: 120_000 }, () => {
  let folder: string;
  let large: Uint8Array;
  let small: Uint8Array;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-pixels-'));
    large = await jpeg(huge);
    small = await jpeg({ width: 64, height: 64 });
  });
  after(() => rm(folder, { recursive: true }));

  it('are few bytes on the disk and many in memory', () => {
    assert.ok(large.byteLength < 1_000_000, `${large.byteLength} bytes`);
    assert.ok(isBeyondPixelBound(huge));
    assert.ok(!isBeyondPixelBound({ width: 8_192, height: 4_320 }));
  });

  it('are refused, and none is decoded', async () => {
    const path = join(folder, 'large.mjpeg');
    await writeFile(path, Buffer.concat([large, large]));
    const refused = { code: 'STREAM_UNSUPPORTED', message: /8200x4400 are too large/ };
    await assert.rejects(examineRecording(path), refused);
    const pictures = readPictures({ path, cameraId: '', ledger: new FrameLedger() });
    await assert.rejects(pictures.next(), refused);
    await assert.rejects(shownPictures(Buffer.concat([large, large])).next(), refused);
  });

  it('are not decoded either where the file begins with small ones', async () => {
    const path = join(folder, 'growing.mjpeg');
    const file = Buffer.concat([small, large, small]);
    await writeFile(path, file);
    const ledger = new FrameLedger();
    const sizes: number[] = [];
    for await (const { picture } of readPictures({ path, cameraId: '', ledger })) {
      sizes.push(picture.width);
      picture.dispose();
    }
    assert.deepEqual(sizes, [64, 64]);
    assert.deepEqual(
      ledger.drops().map(({ reason, count }) => [reason, count]),
      [['decode_error', 1]],
    );
    // Of a clip in which faces are hidden, each picture must be seen.
    const shown = async () => {
      for await (const { frame } of shownPictures(file)) frame.free();
    };
    await assert.rejects(shown, { code: 'STREAM_UNSUPPORTED', message: /of its 3 pictures 2/ });
  });
});

function jpeg(size: { readonly width: number; readonly height: number }): Promise<Uint8Array> {
  const data = new Uint8Array(size.width * size.height * 3).fill(90);
  return createImageCodec().encodeJpeg({ ...size, data });
}

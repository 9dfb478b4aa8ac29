import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { CodedVideo, CodedVideoPicture } from '../../../src/domain/coded-video.ts';
import { CodedViewer } from '../../../src/streams/preview/coded-viewer.ts';
import type { EncodedPicture } from '../../../src/streams/rtsp/encoded-picture.ts';
import { testFootage } from '../../support/demo/test-footage.ts';

const plain = { rotate: 0, mirror: false } as const;
const video = { codec: 'h264', width: 192, height: 128, isPlain: true } as const;

describe('a viewer of coded video', () => {
  let whole: Buffer;
  let bare: Buffer;

  before(async () => {
    const { units } = await testFootage();
    whole = Buffer.from(units.find(({ key }) => key)?.data ?? []);
    // The slice alone: what a camera sends that never repeats its parameter sets.
    bare = whole.subarray(whole.lastIndexOf(Buffer.from([0, 0, 1])));
  });

  function opened() {
    const videos: CodedVideo[] = [];
    const pictures: CodedVideoPicture[] = [];
    const refusals: string[] = [];
    const viewer = new CodedViewer({
      view: plain,
      sink: {
        video: (said) => videos.push(said),
        picture: (picture) => pictures.push(picture),
        end: () => assert.fail('who refuses ends it'),
      },
      onRefused: (why) => refusals.push(why),
    });
    const push = (data: Buffer, changes: Partial<EncodedPicture> = {}) =>
      viewer.picture({
        ...{ codec: 'h264', data, key: true, damaged: false, timestamp: 0, clockRate: 90_000 },
        ...{ arrivedAt: 1_000, arrivedMonotonic: 0 },
        ...changes,
      });
    viewer.video(video);
    return { viewer, videos, pictures, refusals, push };
  }

  it('refuses what does not say how it is coded, once, and keeps no viewer waiting', () => {
    const { videos, pictures, refusals, push } = opened();
    push(bare);
    assert.match(refusals.join(), /do not say how it is coded/);
    push(bare);
    push(whole);
    assert.deepEqual([videos.length, pictures.length, refusals.length], [0, 0, 1]);
  });

  it('also in the middle of what could be shown', () => {
    const { pictures, refusals, push } = opened();
    push(whole);
    push(bare);
    push(bare, { key: false });
    assert.deepEqual([pictures.length, refusals.length], [1, 1]);
  });

  it('forgives key pictures that were damaged on the way, up to three in a row', () => {
    const { pictures, refusals, push } = opened();
    for (let group = 0; group < 3; group += 1) {
      push(bare, { damaged: true });
      push(bare, { damaged: true });
      push(bare, { key: false });
      push(whole);
    }
    assert.deepEqual([pictures.length, refusals], [3, []]);
    for (let key = 0; key < 3; key += 1) push(bare, { damaged: true });
    assert.equal(refusals.length, 1);
  });
});

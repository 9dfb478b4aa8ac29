import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { evidenceBounds } from '../../../../src/domain/bounds.ts';
import { NightglassError } from '../../../../src/domain/errors.ts';
import type { FaceBlur } from '../../../../src/services/evidence/blur/face-blur.ts';
import type { CaseClip } from '../../../../src/services/evidence/case-clips.ts';
import { describeFile } from '../../../../src/services/evidence/case-manifest.ts';
import { hideInClips } from '../../../../src/services/evidence/hide-in-clips.ts';

const withBlur = (blur: FaceBlur) => ({
  blur,
  hold: (_bytes: number) => undefined,
});

function clip(number: number, bytes = Buffer.from(`clip ${number}`)): CaseClip {
  const file = describeFile(`alerts/a/sighting-${number}-clip.mp4`, bytes);
  async function* read() {
    yield bytes;
  }
  return { file, read, seen: () => null };
}

const blurWith = (hidden: (mp4: Uint8Array) => Uint8Array | null): FaceBlur => ({
  picture: async () => null,
  async clip(mp4, _seen, watch) {
    watch?.onShare?.(0.5);
    return hidden(mp4);
  },
});

describe('clips in which faces are hidden', () => {
  it('come with the hash of what was recorded, others as they were', async () => {
    const given = [clip(1), clip(2)];
    const made = Buffer.alloc(3_000_000, 7);
    const blur = blurWith((mp4) => (Buffer.from(mp4).toString() === 'clip 1' ? made : null));
    const held: number[] = [];
    const progress: string[] = [];
    const { entries, withheld } = await hideInClips(given, {
      ...withBlur(blur),
      hold: (bytes) => held.push(bytes),
      onProgress: ({ step, done, total, share }) =>
        progress.push(`${step} ${done}/${total} ${share}`),
    });
    const [first, second] = entries;
    assert.deepEqual([held, withheld], [[made.byteLength], []]);
    assert.deepEqual(progress, [
      'clips 0/2 0',
      'clips 0/2 0.25',
      'clips 1/2 0.5',
      'clips 1/2 0.75',
    ]);
    const { bytes, sha256 } = given[0]?.file ?? assert.fail();
    assert.deepEqual(first?.file, {
      ...describeFile('alerts/a/sighting-1-clip.mp4', made),
      original: { bytes, sha256 },
    });
    assert.deepEqual(await buffer(first?.read() ?? assert.fail()), made);
    assert.equal(second, given[1]);
  });

  it('are refused beyond what is done at once or may be held, and damaged', async () => {
    const nothing = blurWith(() => null);
    const many = Array.from({ length: evidenceBounds.blurredClips + 1 }, (_, at) => clip(at));
    await assert.rejects(hideInClips(many, withBlur(nothing)), { code: 'BAD_REQUEST' });
    assert.equal(
      (await hideInClips(many.slice(1), withBlur(nothing))).entries.length,
      many.length - 1,
    );
    const { file, ...rest } = clip(1);
    const large = { ...rest, file: { ...file, bytes: evidenceBounds.blurredClipBytes + 1 } };
    await assert.rejects(hideInClips([large], withBlur(nothing)), { code: 'BAD_REQUEST' });
    const damaged = { ...rest, file: { ...file, sha256: '0'.repeat(64) } };
    await assert.rejects(hideInClips([damaged], withBlur(nothing)), { code: 'STORE_CORRUPT' });
    const full = { ...withBlur(blurWith(() => Buffer.alloc(9))), hold: () => assert.fail('full') };
    await assert.rejects(hideInClips([clip(1)], full), /full/);
  });

  it('are withheld where they cannot be decoded: none leaves as it was recorded', async () => {
    const failing = blurWith((mp4) => {
      if (Buffer.from(mp4).toString() !== 'clip 1') return null;
      throw new NightglassError('STREAM_UNSUPPORTED', 'Cannot read the clip: nothing decodes it');
    });
    const { entries, withheld } = await hideInClips([clip(1), clip(2)], withBlur(failing));
    assert.deepEqual(
      entries.map(({ file }) => file.path),
      ['alerts/a/sighting-2-clip.mp4'],
    );
    const path = 'alerts/a/sighting-1-clip.mp4';
    assert.deepEqual(withheld, [{ path, reason: 'undecodable' }]);
    const lost = blurWith(() => {
      throw new NightglassError('INFERENCE_TIMEOUT', 'Cannot detect: no result');
    });
    await assert.rejects(hideInClips([clip(1)], withBlur(lost)), { code: 'INFERENCE_TIMEOUT' });
  });

  it('are given up between two of them and within one', async () => {
    const giveUp = new AbortController();
    let begun = 0;
    const blur = blurWith(() => {
      begun += 1;
      giveUp.abort();
      return null;
    });
    const watched = { ...withBlur(blur), signal: giveUp.signal };
    await assert.rejects(hideInClips([clip(1), clip(2)], watched), { name: 'AbortError' });
    assert.equal(begun, 1);
  });
});

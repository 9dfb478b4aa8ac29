import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { evidenceBounds } from '../../../../src/domain/bounds.ts';
import { NightglassError } from '../../../../src/domain/errors.ts';
import type { FaceBlur } from '../../../../src/services/evidence/blur/face-blur.ts';
import type { CaseClip } from '../../../../src/services/evidence/case-clips.ts';
import { describeFile } from '../../../../src/services/evidence/case-manifest.ts';
import { hideInClips } from '../../../../src/services/evidence/hide-in-clips.ts';

function clip(number: number, bytes = Buffer.from(`clip ${number}`)): CaseClip {
  const file = describeFile(`alerts/a/sighting-${number}-clip.mp4`, bytes);
  async function* read() {
    yield bytes;
  }
  return { file, read, seen: () => null };
}

const blurWith = (hidden: (mp4: Uint8Array) => Uint8Array | null): FaceBlur => ({
  picture: async () => null,
  clip: async (mp4) => hidden(mp4),
});

describe('clips in which faces are hidden', () => {
  it('come with the hash of what was recorded, others as they were', async () => {
    const given = [clip(1), clip(2)];
    const made = Buffer.alloc(3_000_000, 7);
    const blur = blurWith((mp4) => (Buffer.from(mp4).toString() === 'clip 1' ? made : null));
    const [first, second] = await hideInClips(given, blur);
    const { bytes, sha256 } = given[0]?.file ?? assert.fail();
    assert.deepEqual(first?.file, {
      ...describeFile('alerts/a/sighting-1-clip.mp4', made),
      original: { bytes, sha256 },
    });
    assert.deepEqual(await buffer(first?.read() ?? assert.fail()), made);
    assert.equal(second, given[1]);
  });

  it('are refused beyond what is done at once, damaged, or not to be decoded', async () => {
    const nothing = blurWith(() => null);
    const many = Array.from({ length: evidenceBounds.blurredClips + 1 }, (_, at) => clip(at));
    await assert.rejects(hideInClips(many, nothing), { code: 'BAD_REQUEST' });
    assert.equal((await hideInClips(many.slice(1), nothing)).length, many.length - 1);
    const { file, ...rest } = clip(1);
    const large = { ...rest, file: { ...file, bytes: evidenceBounds.blurredClipBytes + 1 } };
    await assert.rejects(hideInClips([large], nothing), { code: 'BAD_REQUEST' });
    const damaged = { ...rest, file: { ...file, sha256: '0'.repeat(64) } };
    await assert.rejects(hideInClips([damaged], nothing), { code: 'STORE_CORRUPT' });
    const failing = blurWith(() => {
      throw new NightglassError('STREAM_UNSUPPORTED', 'Cannot read the clip: nothing decodes it');
    });
    const failure = { code: 'BAD_REQUEST', message: /sighting-1-clip\.mp4: Cannot read/ };
    await assert.rejects(hideInClips([clip(1)], failing), failure);
  });
});

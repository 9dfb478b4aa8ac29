import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { decodeEvent, encodeEvent } from '../../../src/cluster/wire.ts';
import { noteWaited } from '../../../src/cluster/wire-parts.ts';
import type { RemoteEvent } from '../../../src/domain/cluster.ts';
import { withRecognisability } from '../../../src/domain/quality/assess-quality.ts';
import { remoteKeyframe } from '../../support/cluster/remote-keyframe.ts';

const event: RemoteEvent = { kind: 'keyframe', keyframe: remoteKeyframe() };

describe('wire format between nodes', () => {
  it('brings a face over as it was, with its age on the clock of who reads it', () => {
    const bytes = encodeEvent(event, 1_000);
    noteWaited(bytes, 250);
    const decoded = decodeEvent(bytes, 50_000);
    assert.ok(decoded?.kind === 'keyframe');
    const { capturedMonotonic, ...rest } = decoded.keyframe;
    const { capturedMonotonic: _, ...sent } = remoteKeyframe();
    assert.deepEqual(rest, sent);
    assert.equal(capturedMonotonic, 50_000 - 100 - 250);
  });

  it('brings over a face without an enhanced picture, and notes on tracks', () => {
    const plain = remoteKeyframe({ enhanced: null, enhancedImage: null, weight: 2 });
    const decoded = decodeEvent(encodeEvent({ kind: 'keyframe', keyframe: plain }, 900), 0);
    assert.ok(decoded?.kind === 'keyframe');
    assert.equal(decoded.keyframe.enhancedImage, null);
    const track = { cameraId: 'door', trackId: 't', startedAt: 1, endedAt: 2, hits: 3 };
    const ended: RemoteEvent = { kind: 'ended', track };
    assert.deepEqual(decodeEvent(encodeEvent(ended, 0), 0), ended);
    const place = { x: 0, y: 0, width: 0.1, height: 0.2 };
    const seen: RemoteEvent = {
      kind: 'seen',
      seen: { cameraId: 'door', trackId: 't', at: 1, place },
    };
    assert.deepEqual(decodeEvent(encodeEvent(seen, 0), 0), seen);
  });

  it('brings over what covers the face, among the components of its quality', () => {
    const { quality } = remoteKeyframe();
    const covered = withRecognisability(quality, 0.5, {
      upper: 0.1,
      lower: 0.8,
      mask: 0.9,
      darkGlasses: 0,
      headwear: 0.4,
    });
    const keyframe = remoteKeyframe({ quality: covered });
    const decoded = decodeEvent(encodeEvent({ kind: 'keyframe', keyframe }, 900), 0);
    assert.ok(decoded?.kind === 'keyframe');
    assert.deepEqual(decoded.keyframe.quality, covered);
  });

  it('refuses what is cut off, changed, of another version or larger than it says', () => {
    const bytes = encodeEvent(event, 1_000);
    for (let at = 0; at < bytes.length; at += 1) {
      assert.equal(decodeEvent(bytes.subarray(0, at), 0), null, `cut at ${at}`);
    }
    assert.equal(decodeEvent(Buffer.concat([bytes, Buffer.of(0)]), 0), null);
    const other = Uint8Array.from(bytes);
    other[0] = 2;
    assert.equal(decodeEvent(other, 0), null);
    for (const keyframe of [
      remoteKeyframe({ fused: Float32Array.from({ length: 64 }, () => Number.NaN) }),
      remoteKeyframe({ frameWidth: 1e9 }),
      remoteKeyframe({ cameraId: '' }),
      remoteKeyframe({ gate: 2 }),
    ]) {
      assert.equal(decodeEvent(encodeEvent({ kind: 'keyframe', keyframe }, 0), 0), null);
    }
  });

  it('does not unpack more than a picture may have', () => {
    const keyframe = remoteKeyframe();
    const bomb = deflateRawSync(Buffer.alloc(50_000_000));
    const { image } = keyframe.face;
    const bytes = Buffer.from(encodeEvent(event, 0));
    const packed = deflateRawSync(image.data, { level: 1 });
    const at = bytes.indexOf(packed);
    assert.ok(at > 0);
    const json = bytes.toString('utf8', 9, 9 + bytes.readUInt32LE(5));
    const parts = (JSON.parse(json) as { parts: number[] }).parts;
    const head = Buffer.from(
      JSON.stringify({
        ...JSON.parse(json),
        parts: parts.map((size, i) => (i === 3 ? bomb.length : size)),
      }),
    );
    const start = Buffer.from(bytes.subarray(0, 9));
    start.writeUInt32LE(head.length, 5);
    const body = bytes.subarray(9 + json.length);
    const before = body.subarray(0, at - 9 - json.length);
    const behind = bytes.subarray(at + packed.length);
    assert.equal(decodeEvent(Buffer.concat([start, head, before, bomb, behind]), 0), null);
  });
});

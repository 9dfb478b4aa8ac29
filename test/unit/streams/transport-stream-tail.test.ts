import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransportStreamTail } from '../../../src/streams/preview/transport-stream-tail.ts';

/** A packet; `kind` as the muxer writes them: tables, a picture's start, its rest. */
function packet(kind: 'tables' | 'key' | 'picture' | 'rest', mark: number): Buffer {
  const bytes = Buffer.alloc(188, mark);
  const identifier = kind === 'tables' ? 0 : 0x100;
  const starts = kind !== 'rest' ? 0x4000 : 0;
  bytes[0] = 0x47;
  bytes.writeUInt16BE(starts | identifier, 1);
  bytes[3] = kind === 'key' || kind === 'picture' ? 0x30 : 0x10;
  if (kind === 'key' || kind === 'picture') {
    bytes[4] = 7;
    bytes[5] = kind === 'key' ? 0x50 : 0x10;
  }
  return bytes;
}

/** The marks of the packets kept. */
const marks = (tail: TransportStreamTail) => {
  const kept = tail.since();
  return Array.from({ length: kept.length / 188 }, (_, index) => kept[index * 188 + 187]);
};

describe('transport stream tail', () => {
  const stream = Buffer.concat([
    packet('rest', 1),
    packet('tables', 2),
    packet('key', 3),
    packet('rest', 4),
    packet('tables', 5),
    packet('picture', 6),
    packet('tables', 7),
    packet('key', 8),
    packet('rest', 9),
  ]);

  it('keeps what came since the tables before the latest key picture', () => {
    for (const size of [1, 100, 188, 500, 10_000]) {
      const tail = new TransportStreamTail();
      const out: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) {
        const whole = tail.push(stream.subarray(at, at + size));
        if (whole !== null) out.push(whole);
      }
      assert.ok(out.every((bytes) => bytes.length % 188 === 0 && bytes[0] === 0x47));
      assert.deepEqual(Buffer.concat(out), stream, `in pieces of ${size}`);
      assert.deepEqual(marks(tail), [7, 8, 9], `in pieces of ${size}`);
    }
  });

  it('keeps nothing before a key picture, and nothing without bound', () => {
    const tail = new TransportStreamTail();
    tail.push(packet('picture', 1));
    assert.deepEqual(marks(tail), []);
    tail.push(packet('key', 2));
    for (let index = 0; index < 6_000; index += 1) tail.push(packet('rest', 3));
    assert.deepEqual(marks(tail), []);
    tail.push(packet('key', 4));
    assert.deepEqual(marks(tail), [4]);
  });
});

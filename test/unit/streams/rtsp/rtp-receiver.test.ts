import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RtpReceiver } from '../../../../src/streams/rtsp/rtp-receiver.ts';

function packet(
  sequence: number,
  options: { ssrc?: number; type?: number; extra?: Buffer } = {},
): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 0x80;
  head[1] = options.type ?? 96;
  head.writeUInt16BE(sequence & 0xffff, 2);
  head.writeUInt32BE(options.ssrc ?? 5, 8);
  return Buffer.concat([head, options.extra ?? Buffer.from([sequence & 0xff])]);
}

/** Sequence numbers given out, with an exclamation mark after a loss. */
function run(receiver: RtpReceiver, sequences: number[]): string[] {
  return sequences.flatMap((sequence) =>
    receiver.push(packet(sequence)).map(({ payload, lost }) => `${payload[0]}${lost ? '!' : ''}`),
  );
}

function onTcp(notes: string[]): RtpReceiver {
  const note = (kind: string) => notes.push(kind);
  return new RtpReceiver({ payloadType: 96, datagrams: false, note });
}

describe('RTP receiver', () => {
  it('puts packets of UDP in order, over the wrap of the numbers too', () => {
    const receiver = new RtpReceiver({ payloadType: 96, datagrams: true });
    assert.deepEqual(run(receiver, [65534, 0, 65535, 1, 1, 3, 2]), [
      '254',
      '255',
      '0',
      '1',
      '2',
      '3',
    ]);
    assert.equal(receiver.highest, 65_536 + 3);
    assert.equal(receiver.lost, 0);
  });

  it('waits for a missing packet only so long', () => {
    const receiver = new RtpReceiver({ payloadType: 96, datagrams: true });
    run(receiver, [0]);
    const later = Array.from({ length: 70 }, (_, index) => index + 3);
    const out = run(receiver, later);
    assert.equal(out[0], '3!');
    assert.equal(out.length, 70);
    assert.equal(out.filter((one) => one.endsWith('!')).length, 1);
    assert.equal(receiver.lost, 2);
  });

  it('puts packets of TCP in order within a small window, the first ones too', () => {
    const notes: string[] = [];
    const receiver = onTcp(notes);
    assert.deepEqual(run(receiver, [8, 7, 10, 9, 12, 11, 13]), [
      '8',
      '7',
      '9',
      '10',
      '11',
      '12',
      '13',
    ]);
    assert.deepEqual([...new Set(notes)], ['reordered']);
    assert.equal(receiver.lost, 0);
  });

  it('learns not to wait where the numbers of TCP jump without a loss', () => {
    const notes: string[] = [];
    const receiver = onTcp(notes);
    const jumping = Array.from({ length: 60 }, (_, index) => index * 3);
    const out = run(receiver, jumping);
    // At first three gaps are waited for, from then on every packet goes out as it comes.
    assert.deepEqual(
      out.slice(-20),
      jumping.slice(-20).map((sequence) => `${sequence & 0xff}!`),
    );
    assert.equal(out.length, 60);
    assert.ok(notes.every((note) => note === 'numbers_jump'));
  });

  it('takes packets of TCP as they come where all have one number, or any', () => {
    for (const numbers of [
      Array(40).fill(5),
      Array.from({ length: 200 }, (_, index) => Math.imul(index, 2654435761) >>> 16),
      Array.from({ length: 40 }, (_, index) => 500 - index),
    ]) {
      const notes: string[] = [];
      const receiver = onTcp(notes);
      const out = run(receiver, numbers);
      assert.ok(out.length > numbers.length * 0.75, `${out.length} of ${numbers.length}`);
      assert.ok(notes.includes('numbers_jump'));
    }
  });

  it('leaves out what comes twice', () => {
    const notes: string[] = [];
    assert.deepEqual(run(onTcp(notes), [1, 1, 2, 2, 3, 3]), ['1', '2', '3']);
    assert.deepEqual(notes, ['duplicate', 'duplicate', 'duplicate']);
  });

  it('follows a sender that begins anew', () => {
    for (const datagrams of [true, false]) {
      let now = 0;
      const receiver = new RtpReceiver({ payloadType: 96, datagrams, monotonic: () => now });
      run(receiver, [40_000, 40_001]);
      assert.deepEqual(run(receiver, [30_000, 30_001]), ['48!', '49']);
      now += 3_000;
      assert.equal(receiver.push(packet(9, { ssrc: 77 })).length, 1);
      assert.equal(receiver.ssrc, 77);
    }
  });

  it('does not take packets of another sender for the one that plays (UDP)', () => {
    const notes: string[] = [];
    const note = (kind: string) => notes.push(kind);
    const receiver = new RtpReceiver({ payloadType: 96, datagrams: true, note });
    run(receiver, [1, 2]);
    assert.deepEqual(receiver.push(packet(3, { ssrc: 77 })), []);
    assert.deepEqual(run(receiver, [3]), ['3']);
    assert.deepEqual(notes, ['foreign_packet']);
  });

  it('takes the one payload type that comes for the one that was meant', () => {
    const receiver = onTcp([]);
    const out = Array.from({ length: 40 }, (_, index) =>
      receiver.push(packet(index, { type: 99 })),
    );
    assert.ok(out.flat().length > 20);
    const strict = onTcp([]);
    strict.push(packet(0));
    const later = Array.from({ length: 40 }, (_, index) =>
      strict.push(packet(index, { type: 99 })),
    );
    assert.equal(later.flat().length, 0);
  });

  it('strips contributors, extension and padding', () => {
    const bytes = packet(1, {
      extra: Buffer.from('aaaaaaaa beef0001 00000000 0102 000002'.replaceAll(' ', ''), 'hex'),
    });
    bytes[0] = 0x80 | 0x20 | 0x10 | 1;
    bytes[bytes.length - 1] = 3;
    const [out] = new RtpReceiver({ payloadType: 96, datagrams: false }).push(bytes);
    assert.deepEqual([...(out?.payload ?? [])], [1, 2]);
  });

  it('passes over other payload types and nonsense', () => {
    const receiver = new RtpReceiver({ payloadType: 96, datagrams: true });
    assert.deepEqual(receiver.push(packet(1, { type: 97 })), []);
    for (let length = 0; length < 40; length += 1) {
      receiver.push(Buffer.alloc(length, 0xff));
      receiver.push(Buffer.alloc(length, 0xbf));
    }
    assert.equal(receiver.received, 0);
  });
});

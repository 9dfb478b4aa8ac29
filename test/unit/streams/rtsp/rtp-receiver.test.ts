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

describe('RTP receiver', () => {
  it('puts packets of UDP in order, over the wrap of the numbers too', () => {
    const receiver = new RtpReceiver({ payloadType: 96, reorders: true });
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
    const receiver = new RtpReceiver({ payloadType: 96, reorders: true });
    run(receiver, [0]);
    const later = Array.from({ length: 70 }, (_, index) => index + 3);
    const out = run(receiver, later);
    assert.equal(out[0], '3!');
    assert.equal(out.length, 70);
    assert.equal(out.filter((one) => one.endsWith('!')).length, 1);
    assert.equal(receiver.lost, 2);
  });

  it('reports a gap of TCP at once', () => {
    const receiver = new RtpReceiver({ payloadType: 96, reorders: false });
    assert.deepEqual(run(receiver, [7, 8, 11, 12]), ['7', '8', '11!', '12']);
    assert.equal(receiver.lost, 2);
  });

  it('follows a sender that begins anew', () => {
    for (const reorders of [true, false]) {
      const receiver = new RtpReceiver({ payloadType: 96, reorders });
      run(receiver, [40_000, 40_001]);
      assert.deepEqual(run(receiver, [30_000, 30_001]), ['48!', '49']);
      const [fresh] = receiver.push(packet(9, { ssrc: 77 }));
      assert.equal(fresh?.lost, true);
    }
  });

  it('strips contributors, extension and padding', () => {
    const bytes = packet(1, {
      extra: Buffer.from('aaaaaaaa beef0001 00000000 0102 000002'.replaceAll(' ', ''), 'hex'),
    });
    bytes[0] = 0x80 | 0x20 | 0x10 | 1;
    bytes[bytes.length - 1] = 3;
    const [out] = new RtpReceiver({ payloadType: 96, reorders: false }).push(bytes);
    assert.deepEqual([...(out?.payload ?? [])], [1, 2]);
  });

  it('passes over other payload types and nonsense', () => {
    const receiver = new RtpReceiver({ payloadType: 96, reorders: true });
    assert.deepEqual(receiver.push(packet(1, { type: 97 })), []);
    for (let length = 0; length < 40; length += 1) {
      receiver.push(Buffer.alloc(length, 0xff));
      receiver.push(Buffer.alloc(length, 0xbf));
    }
    assert.equal(receiver.received, 0);
  });
});

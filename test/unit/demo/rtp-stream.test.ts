import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MediaTransport } from '../../../demo/rtsp/media-transport.ts';
import { type OutgoingUnit, RtpStream } from '../../../demo/rtsp/rtp-stream.ts';
import { ThrottledTransport } from '../../../demo/rtsp/throttled-transport.ts';
import { FakeClock } from '../../support/fake-clock.ts';

class FakeTransport implements MediaTransport {
  backlog = 0;
  readonly header = '';
  readonly rtp: Buffer[] = [];
  readonly rtcp: Buffer[] = [];
  closed = false;

  sendRtp(packets: readonly Buffer[]): void {
    this.rtp.push(...packets.map((packet) => packet.subarray(4)));
  }

  sendRtcp(packet: Buffer): void {
    this.rtcp.push(packet);
  }

  close(): void {
    this.closed = true;
  }
}

function setUp(transport: MediaTransport): { stream: RtpStream; dropped: () => number } {
  let dropped = 0;
  const stream = new RtpStream({
    transport,
    ssrc: 0xdecade,
    sequence: 65_535,
    timestampOffset: 1000,
    maxBacklogBytes: 100,
    onUnitDropped: () => {
      dropped += 1;
    },
  });
  return { stream, dropped: () => dropped };
}

const unit = (key: boolean, wallTime = 0): OutgoingUnit => ({
  payloads: [
    { payload: Uint8Array.from([1, 2]), marker: false },
    { payload: Uint8Array.from([3]), marker: true },
  ],
  payloadType: 96,
  key,
  timestamp: 900,
  wallTime,
});
const never = (): boolean => false;

describe('RtpStream', () => {
  it('numbers packets, marks the last one and wraps around', () => {
    const transport = new FakeTransport();
    const { stream } = setUp(transport);
    assert.equal(stream.deliver(unit(true), never), 2);
    const [first, second] = transport.rtp;
    assert.deepEqual(
      [...(first ?? [])],
      [0x80, 96, 255, 255, 0, 0, 7, 108, 0, 0xde, 0xca, 0xde, 1, 2],
    );
    assert.deepEqual([...(second?.subarray(0, 4) ?? [])], [0x80, 0x80 | 96, 0, 0]);
    assert.equal(stream.nextSequence, 1);
  });

  it('starts with a key unit', () => {
    const transport = new FakeTransport();
    const { stream, dropped } = setUp(transport);
    assert.equal(stream.deliver(unit(false), never), 0);
    assert.equal(stream.deliver(unit(true), never), 2);
    assert.equal(stream.deliver(unit(false), never), 2);
    assert.equal(dropped(), 0, 'units before the first key unit are not missed');
  });

  it('drops up to the next key unit while the client is behind', () => {
    const transport = new FakeTransport();
    const { stream, dropped } = setUp(transport);
    stream.deliver(unit(true), never);
    transport.backlog = 101;
    assert.equal(stream.deliver(unit(false), never), 0);
    assert.equal(stream.deliver(unit(true), never), 0);
    transport.backlog = 0;
    assert.equal(stream.deliver(unit(false), never), 0);
    assert.equal(stream.deliver(unit(true), never), 2);
    assert.equal(dropped(), 3);
  });

  it('leaves gaps in the numbers for lost packets', () => {
    const transport = new FakeTransport();
    const { stream } = setUp(transport);
    const fates = [true, false];
    assert.equal(
      stream.deliver(unit(true), () => fates.shift() ?? false),
      1,
    );
    assert.equal(transport.rtp[0]?.readUInt16BE(2), 0);
  });

  it('reports as a sender at once and every five seconds, and says goodbye', () => {
    const transport = new FakeTransport();
    const { stream } = setUp(transport);
    for (const at of [0, 4999, 5000, 9999, 10_000]) stream.deliver(unit(true, at), never);
    assert.equal(transport.rtcp.length, 3);
    const report = transport.rtcp[1];
    assert.equal(report?.readUInt32BE(0), 0x80c80006);
    assert.equal(report?.readUInt32BE(8), 2208988805, 'NTP seconds since 1900');
    assert.equal(report?.readUInt32BE(16), 1900, 'the RTP time of the same instant');
    assert.equal(report?.readUInt32BE(20), 4, 'packets so far');
    assert.equal(report?.readUInt32BE(24), 6, 'octets so far');
    assert.equal((report?.length ?? 0) % 4, 0);
    stream.end();
    assert.equal(transport.rtcp.at(-1)?.[1], 203);
  });
});

describe('ThrottledTransport', () => {
  const packet = (size: number): Buffer => Buffer.alloc(size);

  it('lets packets out at its rate, in order, and counts the rest as backlog', () => {
    const clock = new FakeClock();
    const inner = new FakeTransport();
    const transport = new ThrottledTransport(inner, clock);
    transport.limit(1000);
    transport.sendRtp([packet(100), packet(101), packet(102)]);
    assert.equal(transport.backlog, 303);
    clock.advance(100);
    assert.deepEqual(
      inner.rtp.map((one) => one.length),
      [96],
    );
    clock.advance(250);
    assert.deepEqual(
      inner.rtp.map((one) => one.length),
      [96, 97, 98],
    );
    assert.equal(transport.backlog, 0);
    assert.equal(clock.pending, 0);
  });

  it('lets everything out when the limit is lifted, and nothing when closed', () => {
    const clock = new FakeClock();
    const inner = new FakeTransport();
    const transport = new ThrottledTransport(inner, clock);
    transport.limit(1);
    transport.sendRtp([packet(10)]);
    transport.limit(undefined);
    assert.equal(inner.rtp.length, 1);
    transport.limit(1);
    transport.sendRtp([packet(10)]);
    transport.close();
    assert.equal(clock.pending, 0);
    assert.equal(transport.backlog, 0);
    assert.ok(inner.closed);
  });
});

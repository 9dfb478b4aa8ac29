import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitNalUnits } from '../../../demo/rtsp/annex-b.ts';
import { packetizeH264, packetizeH265 } from '../../../demo/rtsp/rtp-h26x.ts';
import { packetizeJpeg } from '../../../demo/rtsp/rtp-jpeg.ts';

/** A NAL unit of `length` bytes after its header, free of start codes. */
function unit(header: readonly number[], length: number): Uint8Array {
  return Uint8Array.from([...header, ...Array.from({ length }, (_, at) => (at % 250) + 1)]);
}

function annexB(...units: Uint8Array[]): Uint8Array {
  return Buffer.concat(units.flatMap((one) => [Buffer.from([0, 0, 0, 1]), one]));
}

describe('splitNalUnits', () => {
  it('finds units after three- and four-byte start codes', () => {
    const data = Uint8Array.from([0, 0, 1, 7, 1, 0, 0, 0, 1, 8, 2, 0, 0, 1, 5, 3]);
    const units = splitNalUnits(data).map((one) => [...one]);
    assert.deepEqual(units, [
      [7, 1],
      [8, 2],
      [5, 3],
    ]);
  });

  it('finds none in other data', () => {
    assert.deepEqual(splitNalUnits(Uint8Array.from([1, 2, 3])), []);
    assert.deepEqual(splitNalUnits(new Uint8Array(0)), []);
  });
});

describe('packetizeH264', () => {
  const sps = unit([0x67], 10);
  const slice = unit([0x65], 5000);

  it('sends small units as they are, and fragments large ones', () => {
    const [first, ...fragments] = packetizeH264(annexB(sps, slice), 1400);
    assert.deepEqual(first && [...first], [...sps]);
    assert.equal(fragments.length, 4);
    assert.ok(fragments.every((one) => one.length <= 1400 && one[0] === 0x7c));
    assert.deepEqual(
      fragments.map((one) => (one[1] ?? 0) & 0xe0),
      [0x80, 0, 0, 0x40],
    );
    const rebuilt = Buffer.concat([
      slice.subarray(0, 1),
      ...fragments.map((one) => one.subarray(2)),
    ]);
    assert.deepEqual([...rebuilt], [...slice]);
  });

  it('does not fragment a unit that just fits', () => {
    assert.equal(packetizeH264(annexB(unit([0x41], 1399)), 1400).length, 1);
    assert.equal(packetizeH264(annexB(unit([0x41], 1400)), 1400).length, 2);
  });
});

describe('packetizeH265', () => {
  it('keeps layer and type in fragments', () => {
    const slice = unit([0x26, 0x01], 3000);
    const fragments = packetizeH265(annexB(slice), 1400);
    assert.equal(fragments.length, 3);
    assert.ok(fragments.every((one) => one[0] === 0x62 && one[1] === 0x01));
    assert.deepEqual(
      fragments.map((one) => one[2]),
      [0x93, 0x13, 0x53],
    );
    const rebuilt = Buffer.concat([
      slice.subarray(0, 2),
      ...fragments.map((one) => one.subarray(3)),
    ]);
    assert.deepEqual([...rebuilt], [...slice]);
  });
});

describe('packetizeJpeg', () => {
  const table = Array.from({ length: 64 }, (_, at) => at + 1);
  const jpeg = (options: { frame?: number; sampling?: number; scan?: number } = {}): Uint8Array =>
    Uint8Array.from([
      ...[0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, ...table, 0xff, 0xdb, 0, 67, 1, ...table],
      ...[0xff, options.frame ?? 0xc0, 0, 17, 8, 0, 96, 0, 128, 3],
      ...[1, options.sampling ?? 0x22, 0, 2, 0x11, 1, 3, 0x11, 1],
      ...[0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0],
      ...Array.from({ length: options.scan ?? 3000 }, () => 0x55),
      ...[0xff, 0xd9],
    ]);

  it('writes offsets, size and quantisation tables', () => {
    const payloads = packetizeJpeg(jpeg(), 1400).map((one) => Buffer.from(one));
    assert.deepEqual(
      payloads.map((one) => one.readUInt32BE(0)),
      [0, 1260, 2652],
    );
    const [first] = payloads;
    assert.deepEqual([...(first?.subarray(4, 8) ?? [])], [1, 255, 16, 12]);
    assert.equal(first?.readUInt16BE(10), 128);
    assert.deepEqual([...(first?.subarray(12, 76) ?? [])], table);
    const carried = payloads.reduce((sum, one) => sum + one.length, 0) - 3 * 8 - 4 - 128;
    assert.equal(carried, 3000);
  });

  it('refuses what the format cannot carry', () => {
    const code = { code: 'STREAM_UNSUPPORTED' };
    assert.throws(() => packetizeJpeg(jpeg({ frame: 0xc2 }), 1400), code);
    assert.throws(() => packetizeJpeg(jpeg({ sampling: 0x11 }), 1400), code);
    assert.throws(() => packetizeJpeg(Uint8Array.from([1, 2, 3, 4]), 1400), code);
  });
});

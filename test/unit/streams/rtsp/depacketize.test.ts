import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { H26xDepacketizer } from '../../../../src/streams/rtsp/depacketize-h26x.ts';
import { JpegDepacketizer } from '../../../../src/streams/rtsp/depacketize-jpeg.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const words = (units: { data: Buffer }[]) => units.map(({ data }) => data.toString('hex'));

describe('H.264 depacketizer (RFC 6184)', () => {
  it('gives a picture with its marker, parameter sets before it', () => {
    const h264 = new H26xDepacketizer('h264');
    assert.deepEqual(h264.push(hex('6742'), 1, false, false), []);
    assert.deepEqual(h264.push(hex('68ce'), 1, false, false), []);
    const [unit] = h264.push(hex('6588aa'), 1, true, false);
    assert.equal(unit?.data.toString('hex'), '0000000167420000000168ce000000016588aa');
    assert.deepEqual(
      [unit?.key, unit?.damaged, unit?.hasParameterSets, unit?.timestamp],
      [true, false, true, 1],
    );
    const [next] = h264.push(hex('419abb'), 2, true, false);
    assert.deepEqual([next?.key, next?.hasParameterSets], [false, false]);
  });

  it('puts fragments and aggregates together', () => {
    const h264 = new H26xDepacketizer('h264');
    assert.deepEqual(h264.push(hex('78 0002 6742 0002 68ce'), 1, false, false), []);
    h264.push(hex('7c 85 88'), 1, false, false);
    h264.push(hex('7c 05 99'), 1, false, false);
    assert.deepEqual(words(h264.push(hex('7c 45 aa'), 1, true, false)), [
      '0000000167420000000168ce000000016588 99aa'.replace(' ', ''),
    ]);
  });

  it('does without a marker when the time moves on', () => {
    const h264 = new H26xDepacketizer('h264');
    h264.push(hex('6588'), 1, false, false);
    assert.deepEqual(words(h264.push(hex('419a'), 2, false, false)), ['000000016588']);
  });

  it('learns that a marker on each slice lies', () => {
    const h264 = new H26xDepacketizer('h264');
    const first = hex('6588');
    const second = hex('650a');
    assert.equal(h264.push(first, 1, true, false).length, 1);
    assert.equal(h264.push(second, 1, true, false).length, 0);
    h264.push(first, 2, true, false);
    h264.push(second, 2, true, false);
    assert.deepEqual(words(h264.push(first, 3, true, false)), ['00000001658800000001650a']);
  });

  it('marks a picture that lost packets, where a gap is a hole', () => {
    const h264 = new H26xDepacketizer('h264', { gapsAreHoles: true });
    h264.push(hex('7c 85 88'), 1, false, false);
    const [cut] = h264.push(hex('7c 45 aa'), 1, true, true);
    assert.equal(cut?.damaged, true);
    const [whole] = h264.push(hex('6588'), 2, true, false);
    assert.equal(whole?.damaged, false);
    const [after] = h264.push(hex('6588'), 3, true, true);
    assert.equal(after?.damaged, true);
  });

  it('goes on over a gap in the numbers that may be none', () => {
    const h264 = new H26xDepacketizer('h264');
    h264.push(hex('7c 85 88'), 1, false, false);
    const [unit] = h264.push(hex('7c 45 aa'), 1, true, true);
    assert.deepEqual([unit?.damaged, unit?.data.toString('hex')], [false, '000000016588aa']);
  });

  const doubts: Record<string, { packets: [string, number, boolean][]; units: string[] }> = {
    'a marker in the middle of a fragment': {
      packets: [
        ['7c 85 88', 1, true],
        ['7c 05 99', 1, true],
        ['7c 45 aa', 1, true],
        ['419a', 2, true],
      ],
      units: ['00000001658899aa', '00000001419a'],
    },
    'fragments without an end': {
      packets: [
        ['7c 85 88', 1, false],
        ['7c 05 99', 1, true],
        ['5c 81 9a', 2, false],
        ['5c 01 9b', 2, true],
        ['5c 81 9c', 3, false],
        ['5c 01 9d', 3, true],
      ],
      units: ['00000001658899', '00000001419a9b', '00000001419c9d'],
    },
    'fragments without a start': {
      packets: [
        ['7c 05 88', 1, false],
        ['7c 45 99', 1, true],
      ],
      units: ['00000001658899'],
    },
    'an end on every fragment': {
      packets: [
        ['7c c5 88', 1, false],
        ['7c 45 99', 1, true],
      ],
      units: ['00000001658899'],
    },
    'a start code before a unit': {
      packets: [['00000001 6588', 1, true]],
      units: ['000000016588'],
    },
    'several units in one packet': {
      packets: [['6742aa 00000001 68ce 000001 6588', 1, true]],
      units: ['000000016742aa0000000168ce000000016588'],
    },
    'a time stamp for each packet': {
      packets: [
        ['6588', 1, false],
        ['650a', 2, false],
        ['419a', 3, true],
      ],
      units: ['00000001658800000001650a', '00000001419a'],
    },
    'one time stamp for all': {
      packets: [
        ['6588', 1, false],
        ['41a1', 1, false],
        ['41a2', 1, false],
        ['41a3', 1, false],
      ],
      units: ['00000001658800000001 41a1', '0000000141a2'].map((text) => text.replace(' ', '')),
    },
    'an aggregate that is cut off': {
      packets: [['78 0002 6742 0002 68ce 0010 6588', 1, true]],
      units: ['00000001674200000001 68ce000000016588'.replace(' ', '')],
    },
    'an interleaved aggregate (STAP-B)': {
      packets: [['79 0001 0002 6742 0002 6588', 1, true]],
      units: ['0000000167420000 00016588'.replace(' ', '')],
    },
  };
  for (const [name, { packets, units }] of Object.entries(doubts)) {
    it(`plays ${name}`, () => {
      const notes: string[] = [];
      const note = (kind: string) => notes.push(kind);
      const h264 = new H26xDepacketizer('h264', { note });
      const out = packets.flatMap(([payload, time, marker]) =>
        h264.push(hex(payload), time, marker, false),
      );
      assert.deepEqual(words(out), units);
      assert.ok(out.every(({ damaged }) => !damaged || name.includes('cut off')));
      if (!name.includes('STAP-B') && !name.includes('before a unit')) assert.ok(notes.length > 0);
    });
  }

  it('bounds what one picture may hold, in bytes and in parts', () => {
    for (const body of [Buffer.alloc(60_000, 0x55), Buffer.from([0x55])]) {
      const notes: string[] = [];
      const note = (kind: string) => notes.push(kind);
      const h264 = new H26xDepacketizer('h264', { note });
      h264.push(hex('7c 85 88'), 1, false, false);
      for (let index = 0; index < 40_000; index += 1) {
        h264.push(Buffer.concat([hex('7c 05'), body]), 1, false, false);
        if (notes.includes('oversize')) break;
      }
      assert.ok(notes.includes('oversize'));
      h264.push(hex('6588'), 2, true, false);
      assert.deepEqual(words(h264.push(hex('419a'), 3, true, false)), ['00000001419a']);
    }
  });

  it('takes any bytes', () => {
    for (const codec of ['h264', 'hevc'] as const) {
      const depacketizer = new H26xDepacketizer(codec);
      for (let seed = 0; seed < 5_000; seed += 1) {
        const payload = Buffer.from(
          Array.from(
            { length: seed % 40 },
            (_, i) => Math.imul(seed * 41 + i + 1, 2654435761) >>> 24,
          ),
        );
        depacketizer.push(payload, seed >> 2, seed % 3 === 0, seed % 7 === 0);
      }
    }
  });
});

describe('H.265 depacketizer (RFC 7798)', () => {
  it('puts sets, aggregates and fragments together', () => {
    const h265 = new H26xDepacketizer('hevc');
    h265.push(hex('6001 0003 4001aa 0003 4201bb'), 1, false, false);
    h265.push(hex('4401cc'), 1, false, false);
    h265.push(hex('6201 93 af'), 1, false, false);
    const [unit] = h265.push(hex('6201 53 b0'), 1, true, false);
    assert.equal(
      unit?.data.toString('hex'),
      '000000014001aa000000014201bb000000014401cc000000012601afb0',
    );
    assert.deepEqual([unit?.key, unit?.hasParameterSets], [true, true]);
  });
});

describe('JPEG depacketizer (RFC 2435)', () => {
  const part = (offset: number, body: string, quality = 80) =>
    Buffer.concat([
      hex(`00 ${offset.toString(16).padStart(6, '0')} 01`),
      Buffer.from([quality, 20, 10]),
      hex(body),
    ]);

  it('writes the headers that stay off the wire', () => {
    const jpeg = new JpegDepacketizer();
    assert.deepEqual(jpeg.push(part(0, '0102'), 1, false, false), []);
    const [unit] = jpeg.push(part(2, '0304'), 1, true, false);
    assert.ok(unit?.key && !unit.damaged);
    assert.equal(unit.data.subarray(-6).toString('hex'), '01020304ffd9');
    const frame = unit.data.indexOf(hex('ffc00011 08'));
    assert.deepEqual(
      [unit.data.readUInt16BE(frame + 5), unit.data.readUInt16BE(frame + 7)],
      [80, 160],
    );
  });

  it('takes the frame header from the extension of a large picture (ONVIF)', () => {
    const jpeg = new JpegDepacketizer();
    const data = hex('ffc00011 08 05a0 0a00 03 012200 021101 031101 ffff');
    const large = Buffer.concat([hex('00 000000 01'), Buffer.from([80, 0, 0]), hex('0102')]);
    const [unit] = jpeg.push(large, 1, true, false, { profile: 0xffd8, data });
    const frame = unit?.data.indexOf(hex('ffc00011 08')) ?? -1;
    assert.deepEqual(
      [unit?.data.readUInt16BE(frame + 5), unit?.data.readUInt16BE(frame + 7)],
      [1440, 2560],
    );
  });

  it('ends a picture without a marker with the next one', () => {
    const jpeg = new JpegDepacketizer();
    assert.deepEqual(jpeg.push(part(0, '0102'), 1, false, false), []);
    assert.equal(jpeg.push(part(0, '0102'), 2, false, false).length, 1);
  });

  it('marks what has a hole and forgets what has no start', () => {
    const jpeg = new JpegDepacketizer();
    jpeg.push(part(0, '0102'), 1, false, false);
    const [unit] = jpeg.push(part(8, '0304'), 1, true, true);
    assert.equal(unit?.damaged, true);
    assert.deepEqual(jpeg.push(part(4, '0506'), 2, true, false), []);
  });

  it('remembers tables that are given once', () => {
    const jpeg = new JpegDepacketizer();
    const tables = Buffer.concat([hex('0000 0080'), Buffer.alloc(128, 5)]).toString('hex');
    assert.equal(jpeg.push(part(0, `${tables}01`, 200), 1, true, false).length, 1);
    assert.equal(jpeg.push(part(0, '00000000 01', 200), 2, true, false).length, 1);
    assert.equal(jpeg.push(part(0, '00000000 01', 201), 3, true, false).length, 0);
  });

  it('takes any bytes', () => {
    const jpeg = new JpegDepacketizer();
    for (let seed = 0; seed < 5_000; seed += 1) {
      const payload = Buffer.from(
        Array.from(
          { length: seed % 60 },
          (_, i) => Math.imul(seed * 61 + i + 1, 2654435761) >>> 24,
        ),
      );
      if (seed % 2 === 0 && payload.length > 4) payload.fill(0, 1, 4);
      jpeg.push(payload, seed >> 2, seed % 3 === 0, seed % 7 === 0);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/load-config.ts';

const camera = (more: string) =>
  parseConfig(`cameras: [{ id: gate, url: "rtsp://192.0.2.1/", ${more} }]`).config.cameras[0];

describe('what a camera looks at, in the configuration', () => {
  it('is everything that moves, where nothing is said', () => {
    const { faceSize, masks, motion, schedule, zones } = camera('enabled: true') ?? {};
    assert.deepEqual(motion, {
      enabled: true,
      sensitivity: 'medium',
      lookEvery: 1_000,
      rest: false,
      closer: 4,
    });
    assert.deepEqual([masks, zones, faceSize, schedule], [[], [], undefined, undefined]);
  });

  it('is read in full', () => {
    const read = camera(`
      motion: { sensitivity: high, lookEvery: 5s },
      masks: [{ x: 0, y: 0, width: 0.5, height: 0.1 }, { points: [[0, 0], [0.1, 0], [0, 0.1]] }],
      zones: [{ name: Door, points: [[0, 0], [0.5, 0], [0.5, 1]], by: foot }],
      faceSize: { by: eyes, smallest: 8 },
      schedule: { timeZone: Asia/Tokyo, times: [{ days: [sat, sun], from: "22:00", to: "06:30" }], otherwise: connected }`);
    assert.deepEqual(read?.motion, {
      enabled: true,
      sensitivity: 'high',
      lookEvery: 5_000,
      rest: false,
      closer: 4,
    });
    assert.deepEqual(read?.masks[1], {
      points: [
        { x: 0, y: 0 },
        { x: 0.1, y: 0 },
        { x: 0, y: 0.1 },
      ],
    });
    assert.equal(read?.zones[0]?.by, 'foot');
    assert.deepEqual(read?.faceSize, { by: 'eyes', smallest: 8, largest: null });
    assert.deepEqual(read?.schedule, {
      timeZone: 'Asia/Tokyo',
      times: [{ days: ['sat', 'sun'], from: 1320, to: 390 }],
      connected: true,
    });
  });

  const faults: [string, string, string][] = [
    [
      'a look too seldom',
      'motion: { lookEvery: 2m }',
      'lookEvery: is "2m", must be from 200ms to 1m',
    ],
    [
      'an unknown sensitivity',
      'motion: { sensitivity: max }',
      'must be one of "low", "medium", "high"',
    ],
    ['a mistyped key', 'motion: { sensitivty: low }', 'did you mean sensitivity?'],
    ['a mistyped key of a zone', 'zones: [{ point: [[0,0],[1,0],[0,1]] }]', 'did you mean points?'],
    ['a zone of two corners', 'zones: [{ points: [[0,0],[1,0]] }]', 'must be at least 3 entries'],
    ['a corner outside', 'zones: [{ points: [[0,0],[1.2,0],[0,1]] }]', 'must be at most 1'],
    [
      'a zone that crosses itself',
      'zones: [{ points: [[0,0],[1,1],[1,0],[0,1]] }]',
      'do not cross',
    ],
    ['a zone of nothing', 'zones: [{ points: [[0,0],[0.001,0],[0,0.001]] }]', 'ten-thousandth'],
    [
      'a mask of both kinds',
      'masks: [{ x: 0, points: [[0,0],[1,0],[0,1]] }]',
      'a rectangle or a polygon',
    ],
    ['half a mask', 'masks: [{ x: 0, y: 0 }]', 'must have x, y, width and height, or points'],
    [
      'a mask beyond the picture',
      'masks: [{ x: 0.5, y: 0, width: 0.6, height: 1 }]',
      'within the picture',
    ],
    [
      'faces of no size',
      'faceSize: { smallest: 50, largest: 20 }',
      '"largest" above its "smallest"',
    ],
    [
      'an unknown time zone',
      'schedule: { timeZone: Berlin, times: [{ from: "08:00", to: "09:00" }] }',
      'name of a time zone',
    ],
    [
      'an impossible time',
      'schedule: { timeZone: UTC, times: [{ from: "8:00", to: "25:00" }] }',
      'time of day such as "08:30"',
    ],
    [
      'an empty time',
      'schedule: { timeZone: UTC, times: [{ from: "08:00", to: "08:00" }] }',
      'another time than it begins',
    ],
    ['no times', 'schedule: { timeZone: UTC, times: [] }', 'at least 1 entries'],
  ];
  for (const [what, yaml, message] of faults) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => camera(yaml),
        (error: Error) => {
          assert.ok(error.message.includes(message), error.message);
          return true;
        },
      );
    });
  }
});

import type { NoiseProfile } from '../../../src/domain/camera-noise/noise-profile.ts';

/** A profile of a camera with columns, some blur and three hot pixels. */
export const sampleProfile: NoiseProfile = {
  version: 1,
  source: 'gate',
  measuredAt: '2030-01-01T00:00:00.000Z',
  seconds: 30,
  video: { width: 640, height: 360 },
  noise: {
    ...{ shot: 0.031, read: 0.008, column: 0.012, row: 0.001, rowNoise: 0.0005 },
    ...{ pixel: 0.003, hot: 0.000013, grain: 0.4 },
  },
  ...{ blur: 1.1, infrared: true, colour: 0.4 },
  grid: { side: 8, strength: 1.2 },
  ...{ quantiser: null, bitsPerPixel: 0.08 },
  frameRate: { mean: 15, jitterMs: 2, missing: 0.01 },
  measured: {
    ...{ width: 640, height: 352, pictures: 300, moved: 0.05 },
    transfer: {
      ...{ gain: 0.25, read: 2 },
      points: [20, 60, 100, 140].map((level) => ({ level, variance: 4 + level / 4, tiles: 40 })),
    },
    rowNoise: 0.13,
    alike: { right: 0.1, below: 0.08 },
    fixed: {
      ...{ column: 3, row: 0.2, pixel: 0.8, hotShare: 0.000013 },
      hot: [
        { x: 40, y: 50, above: 80 },
        { x: 320, y: 170, above: 60 },
        { x: 600, y: 300, above: 40 },
      ],
    },
    blur: 1.1,
  },
};

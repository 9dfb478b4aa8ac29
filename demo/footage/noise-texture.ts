import { mulberry32, normal } from '../media/random.ts';

/** Smooth noise over the plane, about -1..1, features of size 1. */
export type Texture = (x: number, y: number) => number;

/** Value noise from a table of 256 x 256 seeded numbers, `octaves` layers of halving size. */
export function createTexture(seed: number, octaves = 3): Texture {
  const random = mulberry32(seed);
  const table = Float32Array.from({ length: 65536 }, () => random() * 2 - 1);
  const layer = (x: number, y: number): number => {
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const fx = smooth(x - x0);
    const fy = smooth(y - y0);
    const row = (y0 & 255) << 8;
    const below = ((y0 + 1) & 255) << 8;
    const a = table[row | (x0 & 255)] ?? 0;
    const b = table[row | ((x0 + 1) & 255)] ?? 0;
    const c = table[below | (x0 & 255)] ?? 0;
    const d = table[below | ((x0 + 1) & 255)] ?? 0;
    return a + (b - a) * fx + (c - a + (a - b - c + d) * fx) * fy;
  };
  return (x, y) => {
    let sum = 0;
    let weight = 0.6;
    let scale = 1;
    for (let octave = 0; octave < octaves; octave += 1) {
      sum += weight * layer(x * scale + octave * 17, y * scale);
      weight /= 2;
      scale *= 2;
    }
    return sum;
  };
}

/** A long row of standard normal numbers, for sensor noise: read it from random places. */
export function createNormalTable(seed: number, length = 1 << 18): Float32Array {
  const next = normal(mulberry32(seed));
  return Float32Array.from({ length }, () => next());
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

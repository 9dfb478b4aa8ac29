import type { LumaImage } from '../../src/domain/image/image.ts';

/** Size of the pictures that are compared. */
export const nightSize = { width: 192, height: 108 };

/** Repeatable noise, about normal, standard deviation 1. */
export function noiseSource(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const normal = () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
  const table = Float32Array.from({ length: 65_521 }, normal);
  let at = 0;
  return () => {
    at = (at + 1) % table.length;
    return table[at] as number;
  };
}

export interface NightOptions {
  readonly random: () => number;
  /** Grey levels. */
  readonly noise?: number;
  readonly gain?: number;
  readonly offset?: number;
  /** A figure of this brightness, where it is. */
  readonly figure?: { x: number; y: number; width: number; height: number; grey: number };
}

/** A textured scene as a camera sees it. */
export function nightPicture(options: NightOptions): LumaImage {
  const { width, height } = nightSize;
  const { random, noise = 1, gain = 1, offset = 0, figure } = options;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const within =
        figure !== undefined &&
        x >= figure.x &&
        x < figure.x + figure.width &&
        y >= figure.y &&
        y < figure.y + figure.height;
      const scene = within ? figure.grey : 60 + 40 * Math.sin(x / 9) + 30 * Math.cos(y / 7);
      const value = gain * scene + offset + noise * random();
      data[y * width + x] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  return { width, height, data };
}

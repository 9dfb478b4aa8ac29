import type { RgbImage } from '../../src/domain/image/image.ts';
import { mulberry32, type Random } from '../media/random.ts';
import type { Canvas } from './canvas.ts';
import { createNormalTable } from './noise-texture.ts';
import type { CameraLook } from './scene.ts';

/** Turns a clean painting into what a camera delivers: exposure, colour, blur, noise, pattern. */
export class CameraSensor {
  readonly #look: CameraLook;
  readonly #normals: Float32Array;
  readonly #random: Random;
  readonly #columns: Float32Array;
  readonly #vignette: Float32Array;
  readonly #buffer: Float32Array;

  constructor(look: CameraLook, width: number, height: number, seed: number) {
    this.#look = look;
    this.#normals = createNormalTable(seed);
    this.#random = mulberry32(seed + 1);
    this.#columns = Float32Array.from(
      { length: width },
      (_, x) => (this.#normals[x] ?? 0) * look.pattern,
    );
    this.#vignette = Float32Array.from({ length: width * height }, (_, at) => {
      const x = ((at % width) + 0.5) / width - 0.5;
      const y = (Math.floor(at / width) + 0.5) / height - 0.5;
      return 1 - look.vignette * Math.min(1, (x * x + y * y) * 2) ** 1.3;
    });
    this.#buffer = new Float32Array(width * height * 3);
  }

  /** Reads a painting out; `brightness` is the light at this moment, about 1. The painting is spoilt. */
  expose(canvas: Canvas, brightness: number): RgbImage {
    const { width, height, rgb } = canvas;
    for (let round = 0; round < this.#look.blurs; round += 1) blur(canvas, this.#buffer);
    const { gain, saturation, tint, shot, read, black } = this.#look;
    const data = new Uint8Array(width * height * 3);
    const normals = this.#normals;
    const mask = normals.length - 1;
    const contrast = (255 - black) / 255;
    for (let y = 0; y < height; y += 1) {
      // Each row reads the table from a place of its own, so that no pattern shows.
      let draw = Math.floor(this.#random() * normals.length);
      for (let x = 0; x < width; x += 1) {
        const at = y * width + x;
        const light = gain * brightness * (this.#vignette[at] ?? 1);
        const r = rgb[at * 3] ?? 0;
        const g = rgb[at * 3 + 1] ?? 0;
        const b = rgb[at * 3 + 2] ?? 0;
        const grey = 0.299 * r + 0.587 * g + 0.114 * b;
        const level = grey * light;
        // Most noise is common to the channels, as after a camera's own colour noise filter.
        const deviation = Math.sqrt(shot * Math.max(level, 0) + read * read);
        const common = deviation * (normals[draw & mask] ?? 0) + (this.#columns[x] ?? 0) + black;
        const chroma = 0.35 * deviation * saturation;
        data[at * 3] = clamp(
          (grey + (r - grey) * saturation) * light * tint[0] * contrast +
            common +
            chroma * (normals[(draw + 1) & mask] ?? 0),
        );
        data[at * 3 + 1] = clamp(
          (grey + (g - grey) * saturation) * light * tint[1] * contrast + common,
        );
        data[at * 3 + 2] = clamp(
          (grey + (b - grey) * saturation) * light * tint[2] * contrast +
            common +
            chroma * (normals[(draw + 2) & mask] ?? 0),
        );
        draw += 3;
      }
    }
    return { width, height, data };
  }
}

/** A 1-2-1 blur in both directions. */
function blur(canvas: Canvas, buffer: Float32Array): void {
  const { width, height, rgb } = canvas;
  const line = width * 3;
  for (let y = 0; y < height; y += 1) {
    for (let at = y * line; at < (y + 1) * line; at += 1) {
      const left = at - 3 < y * line ? at : at - 3;
      const right = at + 3 >= (y + 1) * line ? at : at + 3;
      buffer[at] = ((rgb[left] ?? 0) + 2 * (rgb[at] ?? 0) + (rgb[right] ?? 0)) / 4;
    }
  }
  for (let at = 0; at < line * height; at += 1) {
    const above = at - line < 0 ? at : at - line;
    const below = at + line >= line * height ? at : at + line;
    rgb[at] = ((buffer[above] ?? 0) + 2 * (buffer[at] ?? 0) + (buffer[below] ?? 0)) / 4;
  }
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value + 0.5;
}

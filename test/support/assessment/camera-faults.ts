import type { FacePainter, PaintedFace } from '../../../demo/footage/face-painter.ts';
import { paintedFaceSide as side } from '../../../demo/footage/face-painter.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';

/** Too little light: what is left of each value. */
export function darkened(image: RgbImage, share: number): RgbImage {
  return { ...image, data: image.data.map((value) => value * share) };
}

/** Out of focus: three boxes each way come close to a Gaussian. */
export function defocused(image: RgbImage, radius: number): RgbImage {
  let blurred = image;
  for (let round = 0; round < 3; round += 1) {
    blurred = boxed(boxed(blurred, radius, 'rows'), radius, 'columns');
  }
  return blurred;
}

/** A shutter that stays open while people walk across: one box along the way. */
export function smeared(image: RgbImage, radius: number): RgbImage {
  return boxed(image, radius, 'rows');
}

/** The mean of each pixel and its neighbours along rows or columns. */
function boxed(image: RgbImage, radius: number, along: 'rows' | 'columns'): RgbImage {
  const { width, height, data } = image;
  const blurred = new Uint8Array(data.length);
  const inRows = along === 'rows';
  const [length, lines] = inRows ? [width, height] : [height, width];
  const step = (inRows ? 1 : width) * 3;
  const across = (inRows ? width : 1) * 3;
  for (let line = 0; line < lines; line += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const from = line * across + channel;
      const at = (place: number) =>
        data[from + Math.min(length - 1, Math.max(0, place)) * step] as number;
      let sum = 0;
      for (let place = -radius; place <= radius; place += 1) sum += at(place);
      for (let place = 0; place < length; place += 1) {
        blurred[from + place * step] = Math.round(sum / (2 * radius + 1));
        sum += at(place + radius + 1) - at(place - radius);
      }
    }
  }
  return { width, height, data: blurred };
}

/**
 * Paints faces as a camera sees them that looks down on them: a head is turned about the line
 * between the ears, as an egg with a nose.
 */
export class FacesFromAbove implements FacePainter {
  readonly #painter: FacePainter;
  readonly #angle: number;

  constructor(painter: FacePainter, degrees: number) {
    this.#painter = painter;
    this.#angle = (degrees * Math.PI) / 180;
  }

  async paint(identitySeed: number, appearance: Float32Array): Promise<PaintedFace> {
    const face = await this.#painter.paint(identitySeed, appearance);
    const rgb = new Float32Array(face.rgb.length);
    const alpha = new Float32Array(face.alpha.length);
    const [sine, cosine] = [Math.sin(this.#angle), Math.cos(this.#angle)];
    for (let x = 0; x < side; x += 1) {
      // From the back of the head to the front, so that what is nearer covers what is behind it.
      for (let step = 0; step < side * 4; step += 1) {
        const y = step / 4;
        const depth = depthAt(x, y);
        const seenAt = Math.round(middle.y + (y - middle.y) * cosine + (depth - rest) * sine);
        if (seenAt < 0 || seenAt >= side) continue;
        const [from, to] = [Math.floor(y) * side + x, seenAt * side + x];
        rgb.set(face.rgb.subarray(from * 3, from * 3 + 3), to * 3);
        alpha[to] = face.alpha[from] as number;
      }
    }
    return { rgb, alpha };
  }
}

const middle = { x: 72, y: 78 };
/** Depth that stays where it is: of the eyes. */
const rest = 44;

/** How far a point of the face stands out, in its own pixels. */
function depthAt(x: number, y: number): number {
  const egg = 1 - ((x - middle.x) / 58) ** 2 - ((y - middle.y) / 76) ** 2;
  const nose = Math.exp(-(((x - middle.x) / 9) ** 2) - ((y - 90) / 9) ** 2);
  return 52 * Math.sqrt(Math.max(0, egg)) + 13 * nose;
}

import type { Box } from '../../../src/domain/geometry/box.ts';

/** A small RGB picture to paint on. Painted people belong to nobody. */
export class Painting {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.data = new Uint8ClampedArray(width * height * 3);
  }

  /** Fills an ellipse. */
  ellipse(
    x: number,
    y: number,
    rx: number,
    ry: number,
    [r, g, b]: readonly [number, number, number],
  ): void {
    const top = Math.max(0, Math.floor(y - ry));
    const bottom = Math.min(this.height - 1, Math.ceil(y + ry));
    for (let row = top; row <= bottom; row += 1) {
      const dy = (row - y) / ry;
      if (dy * dy > 1) continue;
      const half = rx * Math.sqrt(1 - dy * dy);
      const from = Math.max(0, Math.round(x - half));
      const to = Math.min(this.width - 1, Math.round(x + half));
      for (let column = from; column <= to; column += 1) {
        const at = (row * this.width + column) * 3;
        this.data[at] = r;
        this.data[at + 1] = g;
        this.data[at + 2] = b;
      }
    }
  }

  /** A wall, darker to the bottom, with a lighter doorway. */
  room(brightness: number): void {
    for (let y = 0; y < this.height; y += 1) {
      const shade = brightness * (1 - y / this.height / 2);
      for (let x = 0; x < this.width; x += 1) {
        const doorway = x > this.width * 0.6 && x < this.width * 0.82 && y > this.height * 0.18;
        const light = doorway ? shade * 1.5 : shade;
        const at = (y * this.width + x) * 3;
        this.data[at] = light * 0.9;
        this.data[at + 1] = light;
        this.data[at + 2] = light * 1.08;
      }
    }
  }

  /** A head with shoulders; returns the face's box. */
  person(x: number, y: number, size: number, tone: number, detail = 1): Box {
    const skin: [number, number, number] = [205 * tone, 160 * tone, 130 * tone];
    const dark: [number, number, number] = [45 * tone, 35 * tone, 32 * tone];
    this.ellipse(x, y + size * 1.5, size * 1.25, size * 0.9, [70 * tone, 82 * tone, 105 * tone]);
    this.ellipse(x, y - size * 0.18, size * 0.66, size * 0.72, dark);
    this.ellipse(x, y, size * 0.56, size * 0.7, skin);
    for (const side of [-1, 1]) {
      this.ellipse(x + side * size * 0.22, y - size * 0.1, size * 0.1, size * 0.055, [
        235 * tone,
        235 * tone,
        230 * tone,
      ]);
      this.ellipse(x + side * size * 0.22, y - size * 0.1, size * 0.05 * detail, size * 0.05, dark);
    }
    this.ellipse(x, y + size * 0.12, size * 0.07, size * 0.1, [180 * tone, 130 * tone, 105 * tone]);
    this.ellipse(x, y + size * 0.36, size * 0.2, size * 0.055, [150 * tone, 70 * tone, 65 * tone]);
    return { x: x - size * 0.56, y: y - size * 0.7, width: size * 1.12, height: size * 1.4 };
  }

  /** Repeatable noise of `strength` grey levels. */
  noise(strength: number, seed: number): void {
    let state = seed * 2654435761 + 1;
    for (let at = 0; at < this.data.length; at += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      this.data[at] = (this.data[at] as number) + ((state >>> 16) / 65536 - 0.5) * strength;
    }
  }
}

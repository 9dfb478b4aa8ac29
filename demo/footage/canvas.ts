/** Red, green, blue, 0..255, fractions allowed. */
export type Colour = readonly [number, number, number];

/**
 * A picture being painted: RGB as 32-bit floats (so that slow gradients have
 * no steps), and the distance of what is seen at each pixel, metres, so that
 * people pass behind things.
 */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly rgb: Float32Array;
  readonly depth: Float32Array;
}

export function createCanvas(width: number, height: number): Canvas {
  return {
    width,
    height,
    rgb: new Float32Array(width * height * 3),
    depth: new Float32Array(width * height).fill(Number.POSITIVE_INFINITY),
  };
}

/** Colour and coverage 0..1 of a painter's pixel; written in place to avoid garbage. */
export interface Brush {
  red: number;
  green: number;
  blue: number;
  coverage: number;
}

/**
 * Paints within a rectangle (clipped to the canvas) at distance `depth`:
 * `shade` fills the brush for each pixel centre. Nearer things hide it.
 */
export function paintRegion(
  canvas: Canvas,
  area: { left: number; top: number; right: number; bottom: number },
  depth: number,
  shade: (x: number, y: number, brush: Brush) => void,
): void {
  const left = Math.max(0, Math.floor(area.left));
  const right = Math.min(canvas.width, Math.ceil(area.right));
  const top = Math.max(0, Math.floor(area.top));
  const bottom = Math.min(canvas.height, Math.ceil(area.bottom));
  const brush: Brush = { red: 0, green: 0, blue: 0, coverage: 0 };
  const { rgb } = canvas;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const at = y * canvas.width + x;
      if ((canvas.depth[at] ?? 0) < depth) continue;
      brush.coverage = 0;
      shade(x, y, brush);
      const share = brush.coverage;
      if (share <= 0) continue;
      const keep = 1 - share;
      rgb[at * 3] = (rgb[at * 3] ?? 0) * keep + brush.red * share;
      rgb[at * 3 + 1] = (rgb[at * 3 + 1] ?? 0) * keep + brush.green * share;
      rgb[at * 3 + 2] = (rgb[at * 3 + 2] ?? 0) * keep + brush.blue * share;
    }
  }
}

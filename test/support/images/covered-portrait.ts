import type { FaceImage } from '../../../src/domain/frame/face-image.ts';
import { applyAffine, invertAffine, similarity } from '../../../src/domain/geometry/align.ts';
import { alignedTemplate112 } from '../../../src/domain/geometry/landmarks.ts';
import type { RgbImage } from '../../../src/domain/image/image.ts';

type Outline = readonly (readonly [x: number, y: number])[];

/** Drawn by hand, in pixels of the 112x112 template; none of the training's shapes. */
const outlines = {
  mask: [
    [
      [15, 68],
      [40, 62],
      [56, 57],
      [72, 62],
      [97, 68],
      [92, 96],
      [76, 114],
      [56, 119],
      [36, 114],
      [20, 96],
    ],
  ],
  darkGlasses: [
    [
      [20, 44],
      [52, 45],
      [50, 58],
      [42, 63],
      [28, 63],
      [21, 57],
    ],
    [
      [60, 45],
      [92, 44],
      [91, 57],
      [84, 63],
      [70, 63],
      [62, 58],
    ],
    [
      [50, 47],
      [62, 47],
      [62, 50],
      [50, 50],
    ],
  ],
  headwear: [
    [
      [4, -40],
      [108, -40],
      [106, 30],
      [90, 26],
      [74, 32],
      [56, 34],
      [38, 32],
      [22, 26],
      [6, 30],
    ],
  ],
} satisfies Record<string, readonly Outline[]>;

const colours = {
  mask: [150, 190, 215],
  darkGlasses: [18, 17, 20],
  headwear: [38, 52, 104],
} as const;

/** A copy of the picture in which the face wears a plain mask, plain dark glasses or a plain cap. */
export function covered({ image, landmarks }: FaceImage, by: keyof typeof outlines): RgbImage {
  const toTemplate = similarity(landmarks, alignedTemplate112);
  const back = invertAffine(toTemplate);
  const data = Uint8Array.from(image.data);
  const corners = outlines[by].flat().map(([x, y]) => applyAffine(back, { x, y }));
  const rows = corners.map(({ y }) => y);
  const colour = colours[by];
  const first = Math.max(0, Math.floor(Math.min(...rows)));
  const last = Math.min(image.height - 1, Math.ceil(Math.max(...rows)));
  for (let y = first; y <= last; y += 1) {
    for (let x = 0; x < image.width; x += 1) {
      const point = applyAffine(toTemplate, { x, y });
      if (!outlines[by].some((outline) => holds(outline, point))) continue;
      // Darker to both sides: cloth and glass are bent about the head.
      const light = 1 - 0.35 * Math.abs((point.x - 56) / 45);
      for (const [i, value] of colour.entries()) {
        data[(y * image.width + x) * 3 + i] = Math.round(value * light);
      }
    }
  }
  return { width: image.width, height: image.height, data };
}

/** Whether the outline goes about the point: even-odd rule. */
function holds(outline: Outline, { x, y }: { readonly x: number; readonly y: number }): boolean {
  let inside = false;
  for (const [i, [x1, y1]] of outline.entries()) {
    const [x2, y2] = outline.at(i - 1) as readonly [number, number];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

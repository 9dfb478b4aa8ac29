import { CameraSensor } from './camera-sensor.ts';
import type { CameraLook } from './scene.ts';

/** Pixels. */
export const wallSize = { width: 384, height: 256 } as const;

/** A camera without colour that blurs by one pixel. */
export const plainLook: CameraLook = {
  ...{ gain: 1, saturation: 0, tint: [1, 1, 1], blurs: 2, vignette: 0, black: 0 },
  ...{ shot: 0.25, read: 2, pattern: 0 },
};

/** A still wall with boxes and nobody, as a camera of known noise sees it. */
export function* stillWall(look: CameraLook, count = 60) {
  const { width, height } = wallSize;
  const sensor = new CameraSensor(look, width, height, 5);
  for (let picture = 0; picture < count; picture += 1) {
    const rgb = Float32Array.from({ length: width * height * 3 }, (_, at) => {
      const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
      const wall = 60 + (90 * x) / width;
      if (y > 216) return 14;
      if (x > 60 && x < 140 && y > 40 && y < 110) return wall + 55;
      return x > 220 && x < 330 && y > 120 && y < 220 ? wall - 45 : wall;
    });
    yield sensor.expose({ width, height, rgb } as Parameters<CameraSensor['expose']>[0], 1);
  }
}

import {
  type FacePainter,
  type PaintedFace,
  paintedFaceSide,
} from '../../../demo/footage/face-painter.ts';
import { mulberry32 } from '../../../demo/media/random.ts';

/** Draws a simple face in place of the generator: for tests of the renderer only. */
export class DrawnFacePainter implements FacePainter {
  painted = 0;

  paint(identitySeed: number, appearance: Float32Array): Promise<PaintedFace> {
    this.painted += 1;
    const random = mulberry32(identitySeed);
    const tone = 0.55 + 0.4 * random();
    const skin = [235 * tone, 185 * tone, 155 * tone];
    const hair = [20 + 60 * random(), 16 + 40 * random(), 12 + 25 * random()];
    const shift = (appearance[0] ?? 0) * 2;
    const rgb = new Float32Array(paintedFaceSide ** 2 * 3);
    const alpha = new Float32Array(paintedFaceSide ** 2);
    for (let at = 0; at < alpha.length; at += 1) {
      const x = at % paintedFaceSide;
      const y = Math.floor(at / paintedFaceSide);
      const rim = Math.min(
        Math.max((1 - Math.hypot((x - 71.5) / 52, (y - 71.5) / 66)) / 0.18, 0),
        1,
      );
      alpha[at] = rim * rim * (3 - 2 * rim);
      const round = 0.72 + 0.28 * Math.sqrt(Math.max(0, 1 - ((x - 72 - shift) / 58) ** 2));
      const isHair = y < 34 + ((x - 72) / 16) ** 2 || Math.abs(x - 72) > 44;
      let colour = (isHair ? hair : skin).map((value) => value * round);
      for (const eye of [54.3, 89.5]) {
        const dx = (x - eye - shift) / 8;
        if (Math.hypot(dx, (y - 67.6) / 4) < 1)
          colour = Math.abs(dx) < 0.4 ? [30, 24, 20] : [220, 216, 210];
        if (Math.abs(y - 57 - dx * dx) < 2 && Math.abs(dx) < 1.2) colour = hair;
      }
      if (Math.hypot((x - 72 - shift) / 7, (y - 89) / 3) < 1)
        colour = skin.map((value) => value * 0.7);
      if (Math.hypot((x - 72 - shift) / 15, (y - 108) / 3.4) < 1)
        colour = [150 * tone, 70 * tone, 70 * tone];
      rgb.set(colour, at * 3);
    }
    return Promise.resolve({ rgb, alpha });
  }
}

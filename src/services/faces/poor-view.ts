import type { Embedder, Enhancer, Fuser } from '../../domain/face-models.ts';
import type { FaceImage } from '../../domain/frame/face-image.ts';
import {
  type Affine,
  applyAffine,
  composeAffine,
  similarity,
  templateSide,
  warp,
} from '../../domain/geometry/align.ts';
import {
  alignedTemplate112,
  interEyeDistance,
  mapLandmarks,
} from '../../domain/geometry/landmarks.ts';
import type { RgbImage } from '../../domain/image/image.ts';
import type { PoorView } from '../../domain/watchlist.ts';
import { embedCut } from './describe-faces.ts';

/** How the poor view of an enrolled face is made, as a manifest says. */
export interface PoorViewRule {
  /** Pixels between the eyes of the simulated picture. */
  readonly pixels: number;
  /** Its share in the embedding, 0..1; the rest is the clear template. */
  readonly share: number;
}

/** Makes what stands in a template's place for small faces. */
export interface PoorViewMaker {
  /** Changes with the rule. */
  readonly recipe: string;
  /** @throws NightglassError `INFERENCE_*` */
  make(face: FaceImage, clear: Float32Array): Promise<PoorView>;
}

/** Around the template crop, template pixels: the enhanced branch looks beyond it, and blur does so too. */
const rim = 16;
/** Of the blur, pixels of the simulated picture: an ordinary lens at its limit. */
const sigma = 0.8;

/** A maker that sees the simulated picture as the live path sees a camera's; none without a rule. */
export function poorViewMaker(
  rule: PoorViewRule | undefined,
  ports: { readonly embedder: Embedder; readonly enhancer: Enhancer; readonly fuser: Fuser },
): PoorViewMaker | undefined {
  if (rule === undefined) return undefined;
  const { pixels, share } = rule;
  const recipe = `${pixels}px-${share}`;
  return {
    recipe,
    async make(face, clear) {
      const seen = simulatePoorView(face, pixels);
      const { fused } = await embedCut(seen, interEyeDistance(seen.landmarks), ports);
      const mixed = clear.map((value, at) => (1 - share) * value + share * (fused[at] ?? 0));
      const norm = Math.hypot(...mixed);
      return { embedding: mixed.map((value) => value / norm), recipe };
    },
  };
}

/** The face as a camera shows it that has so many pixels between its eyes: brought down and blurred. */
export function simulatePoorView({ image, landmarks }: FaceImage, pixels: number): FaceImage {
  const side = templateSide + 2 * rim;
  const inFrame: Affine = [1, 0, rim, 0, 1, rim];
  const large = warp(image, composeAffine(inFrame, similarity(landmarks, alignedTemplate112)), {
    width: side,
    height: side,
    cubic: true,
  });
  const small = Math.round((side * pixels) / interEyeDistance(alignedTemplate112));
  const k = small / side;
  const down: Affine = [k, 0, 0.5 * k - 0.5, 0, k, 0.5 * k - 0.5];
  const picture = warp(large, down, { width: small, height: small, cubic: false });
  const toPicture = composeAffine(down, inFrame);
  return {
    image: blurred(picture),
    landmarks: mapLandmarks(alignedTemplate112, (point) => applyAffine(toPicture, point)),
  };
}

/** Gaussian blur; pixels outside repeat the border. */
function blurred({ width, height, data }: RgbImage): RgbImage {
  const weights = [-3, -2, -1, 0, 1, 2, 3].map((x) => Math.exp((-x * x) / (2 * sigma * sigma)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const along = (source: ArrayLike<number>, vertical: boolean): Float64Array => {
    const out = new Float64Array(source.length);
    const [length, step] = vertical ? [height, width * 3] : [width, 3];
    for (let at = 0; at < source.length; at += 1) {
      const pixel = Math.floor(at / 3);
      const place = vertical ? Math.floor(pixel / width) : pixel % width;
      let value = 0;
      for (const [i, weight] of weights.entries()) {
        const other = Math.min(length - 1, Math.max(0, place + i - 3));
        value += weight * (source[at + (other - place) * step] ?? 0);
      }
      out[at] = value / sum;
    }
    return out;
  };
  const both = along(along(data, false), true);
  return { width, height, data: Uint8Array.from(both, Math.round) };
}

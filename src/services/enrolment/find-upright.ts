import type { DetectedFace } from '../../domain/detection.ts';
import { NightglassError } from '../../domain/errors.ts';
import type { Embedder, Embedding } from '../../domain/face-models.ts';
import type { FaceImage } from '../../domain/frame/face-image.ts';
import { type ImageCodec, type Turn, turns } from '../../domain/frame/image-codec.ts';
import type { Box } from '../../domain/geometry/box.ts';
import type { RgbImage } from '../../domain/image/image.ts';
import { cropForEnrolment } from '../faces/crop-for-enrolment.ts';

/** What a look at a picture needs. */
export interface LookOptions {
  readonly codec: Pick<ImageCodec, 'decode'>;
  readonly finder: { find(image: RgbImage): Promise<readonly DetectedFace[]> };
  readonly embedder: Embedder;
}

/** The largest face of a picture, seen the right way up. */
export interface UprightFace {
  /** Degrees clockwise that the picture was turned. */
  readonly turned: Turn;
  /** Of the turned picture, pixels. */
  readonly size: { readonly width: number; readonly height: number };
  readonly found: readonly DetectedFace[];
  /** In the pixels of the turned picture. */
  readonly chosen: DetectedFace;
  readonly face: FaceImage;
  readonly embedding: Embedding;
}

/**
 * How much stronger the evidence of a turned look must be than that of the picture as it
 * was handed in. Of 68 photographs of the development protocol, upright looks had a
 * recognisability of 0.58 at least, looks upside down of 0.53 at most, on the side 0.34.
 */
const clearly = 1.5;

/**
 * Looks at a picture as it is and turned by a quarter, a half and three quarters, and takes
 * the look whose face the detector and the recogniser are surest of: detectors find faces
 * that lie on their side, too, with landmarks of no use.
 * @throws NightglassError `NO_FACE`; `FACE_TURNED` where a turned look is better, but not clearly;
 *   `IMAGE_*`, `INFERENCE_*`
 */
export async function findUpright(
  options: LookOptions,
  name: string,
  bytes: Uint8Array,
): Promise<UprightFace> {
  const looks: UprightFace[] = [];
  // One after the other: a large photograph takes some hundred megabytes.
  for (const turned of turns) {
    const look = await lookAt(options, bytes, turned);
    if (look !== null) looks.push(look);
  }
  const [best] = looks.toSorted((a, b) => evidenceOf(b) - evidenceOf(a));
  if (best === undefined) {
    throw new NightglassError('NO_FACE', `Cannot use ${name}: no face was found in it`, {
      hint: 'Use a picture in which the whole face is seen from the front.',
    });
  }
  const asItIs = looks.find(({ turned }) => turned === 0);
  if (best.turned === 0 || asItIs === undefined) return best;
  if (evidenceOf(best) >= clearly * evidenceOf(asItIs)) return best;
  // Equal evidence speaks for the picture as it was handed in.
  if (evidenceOf(best) <= evidenceOf(asItIs)) return asItIs;
  throw new NightglassError(
    'FACE_TURNED',
    `Cannot use ${name}: it may have to be turned by ${best.turned} degrees`,
    { hint: 'Turn the picture so that the face stands upright, and hand it in again.' },
  );
}

async function lookAt(
  { codec, finder, embedder }: LookOptions,
  bytes: Uint8Array,
  turned: Turn,
): Promise<UprightFace | null> {
  const picture = await codec.decode(bytes, { turn: turned });
  const found = await finder.find(picture);
  const chosen = found.toSorted((a, b) => areaOf(b) - areaOf(a))[0];
  const face = chosen && cropForEnrolment(picture, chosen);
  if (chosen === undefined || face === undefined) return null;
  const { width, height } = picture;
  const embedding = await embedder.embed(face);
  return { turned, size: { width, height }, found, chosen, face, embedding };
}

function evidenceOf({ chosen, embedding }: UprightFace): number {
  return chosen.score * embedding.recognisability;
}

export function areaOf({ box }: DetectedFace): number {
  return box.width * box.height;
}

/**
 * A box of a turned picture in the pixels of the picture before.
 * @param size of the turned picture
 */
export function turnedBack(
  { x, y, width, height }: Box,
  turned: Turn,
  size: { readonly width: number; readonly height: number },
): Box {
  switch (turned) {
    case 0:
      return { x, y, width, height };
    case 90:
      return { x: y, y: size.width - x - width, width: height, height: width };
    case 180:
      return { x: size.width - x - width, y: size.height - y - height, width, height };
    case 270:
      return { x: size.height - y - height, y: x, width: height, height: width };
  }
}

import type { Detector } from '../domain/detection.ts';
import type { ImageCodec } from '../domain/frame/image-codec.ts';
import { type Box, shareOf } from '../domain/geometry/box.ts';
import { hideParts } from '../domain/image/hide-parts.ts';
import type { FaceBlur } from '../services/evidence/blur/face-blur.ts';
import { othersInPicture } from '../services/evidence/blur/others-faces.ts';
import { detectInStill } from './detect-in-still.ts';

/** How a detector that finds who is to be hidden is set: rather a face too many than one too few. */
export const blurDetector = { inputWidth: 1280, scoreThreshold: 0.3 } as const;

/** Hides faces by what the detector finds. */
export function faceBlur(detector: Detector, codec: ImageCodec): FaceBlur {
  const find = detectInStill(detector);
  return {
    async picture(jpeg, subject) {
      const image = await codec.decode(jpeg);
      const found = (await find(image)).map(({ box }) => shareOf(box, image));
      const { hidden, kept } = othersInPicture(found, subject);
      if (hidden.length === 0) return null;
      const inPixels = (box: Box) => ofShare(box, image);
      hideParts({ ...image, channels: 3 }, hidden.map(inPixels), kept.map(inPixels));
      return codec.encodeJpeg(image, 92);
    },
  };
}

function ofShare(share: Box, { width, height }: { width: number; height: number }): Box {
  return {
    x: share.x * width,
    y: share.y * height,
    width: share.width * width,
    height: share.height * height,
  };
}

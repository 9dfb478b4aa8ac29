import type { DetectorDecoding } from '../manifest-schema.ts';
import type { DetectorAdapter } from './detector-adapter.ts';
import { decodeRetinaFace } from './retinaface.ts';
import { decodeScrfd } from './scrfd.ts';
import { decodeYoloFace } from './yolo-face.ts';
import { decodeYuNet } from './yunet.ts';

/** The adapter for a manifest's `output.decode`. */
export const detectorAdapters: Readonly<Record<DetectorDecoding, DetectorAdapter>> = {
  yunet: decodeYuNet,
  scrfd: decodeScrfd,
  retinaface: decodeRetinaFace,
  'yolo-face': decodeYoloFace,
};

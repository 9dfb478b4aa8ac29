import { AV_PIX_FMT_RGB24 } from 'node-av/constants';
import type { Picture } from '../domain/frame/picture.ts';
import type { RgbImage } from '../domain/image/image.ts';
import { frameFromBytes } from './native-frame.ts';
import { NativePicture } from './native-picture.ts';

/** A still image as a picture in native memory, for what reads pictures. The caller disposes of it. */
export function pictureFromRgb(image: RgbImage): Picture {
  const { width, height, data } = image;
  return NativePicture.create(frameFromBytes(data, { width, height, format: AV_PIX_FMT_RGB24 }));
}

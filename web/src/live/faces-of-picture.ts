import type { DetectionBuffer, Shown } from './detection-buffer.ts';
import type { VideoClock } from './video-clock.ts';

/**
 * The faces of the picture that is on the screen. None without a picture, and none on one that
 * stands for so long that it says nothing about now: a box on an empty tile marks nobody.
 *
 * @param clock undefined: the camera has no live view here, and its boxes are those of now
 * @param delay by how much the boxes are moved by hand, milliseconds
 * @param now on this page's clock
 */
export function facesOfPicture(
  detections: DetectionBuffer,
  clock: VideoClock | undefined,
  delay: number,
  now: number,
): Shown | undefined {
  if (clock === undefined) return detections.at(now - delay);
  const picture = clock.shown(now);
  if (picture === undefined) return undefined;
  // By the picture's own time where the stream tells it, else by when both arrived.
  const exact = detections.ofPicture(picture.streamTime - delay);
  return exact === undefined ? detections.at(picture.moment - delay) : (exact ?? undefined);
}

import type { CodedVideoHead } from './coded-message.ts';
import type { Stage } from './stage.ts';

/**
 * Draws a decoded picture as it is meant, with square pixels, turned and mirrored, and no larger
 * than it is shown: each pixel costs.
 */
export function drawFrame(
  stage: Pick<Stage, 'context' | 'fit' | 'most'>,
  frame: CanvasImageSource,
  head: CodedVideoHead,
): void {
  const { context, most } = stage;
  if (context === null) return;
  const fitting = Math.min(most.width / head.width, most.height / head.height);
  // Of what has no size on the page nothing is known yet.
  const scale = fitting > 0 ? Math.min(1, fitting) : 1;
  const width = Math.round(head.width * scale);
  const height = Math.round(head.height * scale);
  stage.fit(width, height);
  const [w, h] = head.rotate % 180 === 0 ? [width, height] : [height, width];
  context.setTransform(head.mirror ? -1 : 1, 0, 0, 1, width / 2, height / 2);
  context.rotate((head.rotate * Math.PI) / 180);
  context.drawImage(frame, -w / 2, -h / 2, w, h);
  context.resetTransform();
}

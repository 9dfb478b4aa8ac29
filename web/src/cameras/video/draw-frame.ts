import type { CodedVideoHead } from './coded-message.ts';
import type { Stage } from './stage.ts';

/** Wider pictures are drawn smaller: no tile is wider, and each pixel costs. */
const mostWidth = 1920;

/** Draws a decoded picture as it is meant: with square pixels, turned and mirrored. */
export function drawFrame(
  stage: Pick<Stage, 'context' | 'fit'>,
  frame: CanvasImageSource,
  head: CodedVideoHead,
): void {
  const { context } = stage;
  if (context === null) return;
  const scale = Math.min(1, mostWidth / head.width);
  const [width, height] = [head.width, head.height].map((side) => Math.round(side * scale));
  if (width === undefined || height === undefined) return;
  stage.fit(width, height);
  const isOnItsSide = head.rotate % 180 !== 0;
  const [w, h] = isOnItsSide ? [height, width] : [width, height];
  context.setTransform(head.mirror ? -1 : 1, 0, 0, 1, width / 2, height / 2);
  context.rotate((head.rotate * Math.PI) / 180);
  context.drawImage(frame, -w / 2, -h / 2, w, h);
  context.resetTransform();
}

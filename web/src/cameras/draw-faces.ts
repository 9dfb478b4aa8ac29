import type { Alert, Detection, Face } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { nameOnAlert } from '../widgets/name-on-alert.ts';

const red = '#ff6b63';
const amber = '#f5b83d';
const neutral = '#cfe3ea';
const faint = 'rgba(207, 227, 234, 0.55)';

/** Width below which a face gets a short tag, CSS pixels. */
const smallFace = 36;

interface Look {
  readonly colour: string;
  readonly strong: boolean;
  readonly label: string;
}

/** Draws the faces over a video of the same shape, letterboxed into the canvas. */
export function drawFaces(
  canvas: HTMLCanvasElement,
  detection: Detection,
  faces: readonly Face[],
  alertOf: (trackId: string) => Alert | undefined,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { width, height } = canvas;
  const scale = Math.min(width / detection.frameWidth, height / detection.frameHeight);
  const left = (width - detection.frameWidth * scale) / 2;
  const top = (height - detection.frameHeight * scale) / 2;
  const pixel = devicePixelRatio;
  const placed = faces.map((face) => {
    const w = face.box.width * scale;
    return {
      face,
      x: left + face.box.x * scale,
      y: top + face.box.y * scale,
      w,
      h: face.box.height * scale,
      look: lookOf(face, alertOf, w < smallFace * pixel),
    };
  });
  // Neutral ones first, so that a match is never covered; boxes last, so that no tag hides one.
  placed.sort((a, b) => Number(a.look.strong) - Number(b.look.strong));
  for (const { look, x, y, h } of placed) tag(context, look, x, y, h, pixel, width);
  for (const { face, look, x, y, w, h } of placed) {
    context.lineWidth = (look.strong ? 2.5 : 1.5) * pixel;
    context.strokeStyle = look.colour;
    context.setLineDash(face.verdict === 'reject' ? [4 * pixel, 3 * pixel] : []);
    if (look.strong) context.strokeRect(x, y, w, h);
    else corners(context, x, y, w, h);
  }
  context.setLineDash([]);
}

function lookOf(face: Face, alertOf: (trackId: string) => Alert | undefined, small: boolean): Look {
  // On a small face a long tag would hide its neighbours.
  const quality = small || face.quality === null ? '' : ` · Q ${Math.round(face.quality)}`;
  const track = face.trackId === null ? t('wall.face') : `#${shortTrack(face.trackId)}`;
  const alert = face.trackId === null ? undefined : alertOf(face.trackId);
  if (alert !== undefined && alert.state !== 'dismissed') {
    const settled = alert.state === 'acknowledged' || alert.state === 'confirmed';
    return {
      colour: settled ? amber : red,
      strong: true,
      // Isolated: a name may run from right to left, what follows does not.
      label: `\u2068${nameOnAlert(alert)}\u2069 · ${track}${quality}`,
    };
  }
  const colour = face.verdict === 'reject' ? faint : neutral;
  return { colour, strong: false, label: `${track}${quality}` };
}

/** The end of a track's id: enough to tell the faces of one picture apart. */
export function shortTrack(trackId: string): string {
  return trackId.length <= 6 ? trackId : trackId.slice(-4);
}

function corners(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  w: number,
  h: number,
): void {
  const arm = Math.min(w, h) * 0.28;
  context.beginPath();
  for (const [cx, cy, dx, dy] of [
    [x, y, 1, 1],
    [x + w, y, -1, 1],
    [x + w, y + h, -1, -1],
    [x, y + h, 1, -1],
  ] as const) {
    context.moveTo(cx + arm * dx, cy);
    context.lineTo(cx, cy);
    context.lineTo(cx, cy + arm * dy);
  }
  context.stroke();
}

function tag(
  context: CanvasRenderingContext2D,
  { label, colour, strong }: Look,
  x: number,
  y: number,
  boxHeight: number,
  pixel: number,
  canvasWidth: number,
): void {
  const size = 11 * pixel;
  context.font = `${strong ? 600 : 500} ${size}px system-ui, sans-serif`;
  const width = context.measureText(label).width + 8 * pixel;
  const height = size + 6 * pixel;
  const tagX = Math.min(Math.max(0, x), canvasWidth - width);
  const tagY = y >= height + pixel ? y - height - pixel : y + boxHeight + pixel;
  context.fillStyle = strong ? colour : 'rgba(8, 12, 15, 0.78)';
  context.fillRect(tagX, tagY, width, height);
  context.fillStyle = strong ? '#14090a' : colour;
  context.textBaseline = 'middle';
  context.fillText(label, tagX + 4 * pixel, tagY + height / 2 + pixel * 0.5);
}

import { useEffect, useRef } from 'preact/hooks';
import { useDashboard } from '../live/dashboard-context.ts';
import { facesOfPicture } from '../live/faces-of-picture.ts';
import { drawFaces } from './draw-faces.ts';

export interface FaceOverlayProps {
  readonly cameraId: string;
  /** Without one, the boxes are those of now. */
  readonly hasVideo: boolean;
}

/** Boxes without a video are drawn so often, milliseconds. */
const withoutVideoMs = 100;

/** The boxes over a camera's video, of the moment that the video shows; or where there is none, on its ground. */
export function FaceOverlay({ cameraId, hasVideo }: FaceOverlayProps) {
  const dashboard = useDashboard();
  const canvasRef = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const canvas = canvasRef.current;
    if (canvas === null) return undefined;
    let frame = 0;
    let drawn = false;
    let last: number | undefined = Number.NaN;
    let known: number | undefined;
    const fit = new ResizeObserver(() => {
      canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
      canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
      last = Number.NaN;
    });
    fit.observe(canvas);
    const draw = () => {
      frame = requestAnimationFrame(draw);
      const time = performance.now();
      const clock = hasVideo ? dashboard.videoClock(cameraId) : undefined;
      const delay = dashboard.boxDelay.value;
      const picture = clock?.shown(time);
      const wanted = clock
        ? picture && picture.moment - delay
        : Math.floor(time / withoutVideoMs) * withoutVideoMs;
      const detections = dashboard.detections(cameraId);
      // Nothing moves but with a new picture, or when more is known of the present one.
      if (wanted === last && detections.arrivedAt === known) return;
      last = wanted;
      known = detections.arrivedAt;
      const now = facesOfPicture(detections, clock, delay, time);
      if (now === undefined && !drawn) return;
      canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
      drawn = now !== undefined && now.faces.length > 0;
      // Tests read here what is drawn; a canvas has no text to look for.
      canvas.dataset['faces'] = String(now?.faces.length ?? 0);
      if (now === undefined) return;
      drawFaces(canvas, now.detection, now.faces, (trackId) =>
        dashboard.alertOfTrack(cameraId, trackId),
      );
    };
    frame = requestAnimationFrame(draw);
    return () => {
      cancelAnimationFrame(frame);
      fit.disconnect();
    };
  }, [dashboard, cameraId, hasVideo]);

  return <canvas ref={canvasRef} class="tile-overlay" data-faces="0" />;
}

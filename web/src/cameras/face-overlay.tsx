import { useEffect, useRef } from 'preact/hooks';
import type { Dashboard } from '../live/dashboard.ts';
import { drawFaces } from './draw-faces.ts';

export interface FaceOverlayProps {
  readonly dashboard: Dashboard;
  readonly cameraId: string;
}

/** The boxes over a camera's video, of the moment that the video shows. */
export function FaceOverlay({ dashboard, cameraId }: FaceOverlayProps) {
  const canvasRef = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const canvas = canvasRef.current;
    if (canvas === null) return undefined;
    let frame = 0;
    let drawn = false;
    const fit = new ResizeObserver(() => {
      canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
      canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
    });
    fit.observe(canvas);
    const draw = () => {
      frame = requestAnimationFrame(draw);
      const time = performance.now();
      const moment = dashboard.videoClock(cameraId).moment(time) ?? time;
      const now = dashboard.detections(cameraId).at(moment - dashboard.boxDelay.value);
      if (now === undefined && !drawn) return;
      canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
      drawn = now !== undefined && now.faces.length > 0;
      if (now === undefined) return;
      drawFaces(canvas, now.detection, now.faces, (trackId) =>
        dashboard.alertOfTrack(cameraId, trackId),
      );
      // Tests read here what is drawn; a canvas has no text to look for.
      canvas.dataset['faces'] = String(now.faces.length);
    };
    frame = requestAnimationFrame(draw);
    return () => {
      cancelAnimationFrame(frame);
      fit.disconnect();
    };
  }, [dashboard, cameraId]);

  return <canvas ref={canvasRef} class="tile-overlay" data-faces="0" />;
}

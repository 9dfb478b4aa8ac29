import JSMpeg from '@cycjimmy/jsmpeg-player';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiClient } from '../api/api-client.ts';
import type { VideoClock } from '../live/video-clock.ts';
import { PreviewSource } from './preview-source.ts';

const longestWaitMs = 15_000;

/** True while the element is on the screen and the tab in front: nobody else needs the video. */
function useWatched(element: { readonly current: HTMLElement | null }): boolean {
  const [onScreen, setOnScreen] = useState(false);
  const [inFront, setInFront] = useState(!document.hidden);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) =>
      setOnScreen(entry?.isIntersecting ?? false),
    );
    if (element.current !== null) observer.observe(element.current);
    const changed = () => setInFront(!document.hidden);
    document.addEventListener('visibilitychange', changed);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', changed);
    };
  }, [element]);
  return onScreen && inFront;
}

export interface LiveVideoProps {
  readonly api: ApiClient;
  /** Is told what moment the video shows. */
  readonly clock: VideoClock;
  readonly cameraId: string;
  readonly name: string;
}

/** Live video of a camera. It is fetched while somebody can see it, and comes back by itself. */
export function LiveVideo({ api, clock, cameraId, name }: LiveVideoProps) {
  const holder = useRef<HTMLDivElement>(null);
  const watched = useWatched(holder);
  const [playing, setPlaying] = useState(false);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    const element = holder.current;
    if (!watched || element === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waitMs = 1_000;
    let stop = () => undefined;
    const start = () => {
      // A canvas keeps its first kind of context, so each player gets a new one.
      const canvas = document.createElement('canvas');
      canvas.className = 'tile-canvas';
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', `Live video of ${name}`);
      element.replaceChildren(canvas);
      const player = new JSMpeg.Player('', {
        canvas,
        source: PreviewSource,
        audio: false,
        disableWebAssembly: true,
        pauseWhenHidden: false,
        videoBufferSize: 1024 * 1024,
        onVideoDecode: () => {
          waitMs = 1_000;
          clock.drawn(performance.now());
          setPlaying(true);
          setProblem(undefined);
        },
        openSocket: () => api.openSocket(`/preview/${encodeURIComponent(cameraId)}`),
        onSocketClosed: (code, message) => {
          stop();
          setPlaying(false);
          setProblem(message ?? 'The video was interrupted');
          // 4401, 4404: asking again would change nothing.
          if (code === 4401 || code === 4404) return;
          timer = setTimeout(start, waitMs);
          waitMs = Math.min(waitMs * 2, longestWaitMs);
        },
      });
      // The player keeps no times of a stream; they pass by here on their way to the decoder.
      const { video } = player;
      const write = video.write.bind(video);
      video.write = (pts, buffers) => {
        clock.received(pts * 1000, performance.now());
        write(pts, buffers);
      };
      stop = () => {
        stop = () => undefined;
        clock.reset();
        player.destroy();
      };
    };
    start();
    return () => {
      clearTimeout(timer);
      stop();
      setPlaying(false);
    };
  }, [watched, api, clock, cameraId, name]);

  return (
    <>
      <div ref={holder} class="tile-video" data-playing={playing} />
      {!playing && <p class="tile-note">{problem ?? 'Waiting for video…'}</p>}
    </>
  );
}

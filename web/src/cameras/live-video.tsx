import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import type { VideoClock } from '../live/video-clock.ts';
import type { Pace, VideoForm } from './video/messages.ts';
import type { VideoMode } from './video/picture-queue.ts';
import { VideoPlayer, videoSupported } from './video/video-player.ts';

const firstWaitMs = 1_000;
const longestWaitMs = 15_000;
/** No such camera for this visitor, or no valid session: asking again changes nothing. */
const finalCodes = [4401, 4404];

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

/** In pixels of the screen. */
function tellSize(player: VideoPlayer | undefined, { clientWidth, clientHeight }: Element): void {
  player?.resize(clientWidth * devicePixelRatio, clientHeight * devicePixelRatio);
}

export interface LiveVideoProps {
  /** Updated with the moment that the video shows. */
  readonly clock: VideoClock;
  readonly cameraId: string;
  readonly name: string;
  readonly mode: VideoMode;
  /** Each second while the video plays; undefined when it ends. */
  readonly onPace: (pace: Pace | undefined) => void;
}

/** Live video of a camera. It is fetched while somebody can see it, and comes back by itself. */
export function LiveVideo({ clock, cameraId, name, mode, onPace }: LiveVideoProps) {
  const holder = useRef<HTMLDivElement>(null);
  const player = useRef<VideoPlayer>();
  const paced = useRef(onPace);
  paced.current = onPace;
  const wanted = useRef(mode);
  wanted.current = mode;
  const watched = useWatched(holder);
  const [playing, setPlaying] = useState(false);
  const [form, setForm] = useState<VideoForm>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    const element = holder.current;
    if (!watched || element === null || !videoSupported) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waitMs = firstWaitMs;
    const stop = () => {
      player.current?.close();
      player.current = undefined;
      clock.reset();
      setPlaying(false);
      paced.current(undefined);
    };
    const start = () => {
      // A canvas is handed to a worker for good, so each player gets a new one.
      const canvas = document.createElement('canvas');
      canvas.className = 'tile-canvas';
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', t('wall.liveVideoOf', { name }));
      element.replaceChildren(canvas);
      player.current = new VideoPlayer(cameraId, canvas, {
        drawn: (pts, moment, at) => {
          clock.drawn(pts, moment, at);
          waitMs = firstWaitMs;
          setPlaying(true);
          setProblem(undefined);
        },
        form: setForm,
        pace: (pace) => paced.current(pace),
        closed: (code, message) => {
          stop();
          setProblem(message ?? t('wall.videoInterrupted'));
          if (finalCodes.includes(code)) return;
          timer = setTimeout(start, waitMs);
          waitMs = Math.min(waitMs * 2, longestWaitMs);
        },
      });
      tellSize(player.current, element);
      if (wanted.current !== 'all') player.current.mode = wanted.current;
    };
    start();
    // Sent at once for the element as it is, and at each change.
    const resized = new ResizeObserver(() => tellSize(player.current, element));
    resized.observe(element);
    return () => {
      resized.disconnect();
      clearTimeout(timer);
      stop();
    };
  }, [watched, clock, cameraId, name]);

  useEffect(() => {
    if (player.current !== undefined) player.current.mode = mode;
  }, [mode]);

  const note = videoSupported ? (problem ?? t('wall.waitingForVideo')) : t('wall.videoUnsupported');
  return (
    <>
      <div ref={holder} class="tile-video" data-playing={playing} data-form={form} />
      {!playing && <p class="tile-note">{note}</p>}
    </>
  );
}

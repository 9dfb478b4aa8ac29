import { useEffect, useRef, useState } from 'preact/hooks';
import type { ClipFaces } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { fileName, saveFile } from '../widgets/save-file.ts';
import { boxesAt, pictureAt } from './clip-times.ts';
import './clip-player.css';

export interface LoadedClip {
  readonly file: Blob;
  readonly faces: ClipFaces;
}

export interface ClipPlayerProps {
  readonly clip: LoadedClip;
  readonly codec: string;
  /** When the picture of the alert was taken, milliseconds from the start. */
  readonly moment: number;
  /** Of the file that is saved. */
  readonly name: string;
}

/** A little into a picture, so that rounding shows no other, seconds. */
const within = 0.001;

/** Plays a clip with the boxes of what was seen, picture by picture by keyboard. */
export function ClipPlayer({ clip, codec, moment, name }: ClipPlayerProps) {
  const { faces, file } = clip;
  const url = useObjectUrl(file);
  const [failed, setFailed] = useState(false);
  const fail = () => setFailed(true);
  const { video, time, setTime, playing, setPlaying, goTo, step, turn } = usePlayhead(faces, fail);
  const keys: Readonly<Record<string, () => void>> = {
    ' ': turn,
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    Home: () => goTo(moment),
  };

  return (
    <fieldset
      class="clip-player"
      aria-label={t('alerts.clipPlayer')}
      onKeyDown={(event) => {
        const run = keys[event.key];
        // A button has its own use for the space bar.
        if (run === undefined || event.target instanceof HTMLButtonElement) return;
        event.preventDefault();
        event.stopPropagation();
        run();
      }}
    >
      {failed ? (
        <p role="alert">{t('alerts.clipCannotPlay', { codec })}</p>
      ) : (
        <div class="clip-picture">
          <video
            ref={video}
            src={url}
            muted
            playsInline
            preload="auto"
            tabIndex={0}
            aria-label={t('alerts.clipPlayer')}
            onLoadedMetadata={() => goTo(Math.max(0, moment))}
            onPlay={() => setPlaying(true)}
            onPause={() => setPlaying(false)}
            onSeeked={({ currentTarget }) => {
              // That of an older step says nothing while a newer one is under way.
              if (!currentTarget.seeking) setTime(currentTarget.currentTime * 1000);
            }}
            onError={() => url !== undefined && fail()}
          />
          <Boxes faces={faces} time={time} />
        </div>
      )}
      {!failed && (
        <ClipControls {...{ time, moment, playing, goTo, step, turn }} duration={faces.duration} />
      )}
      <p>
        <Button
          look="link"
          onClick={() => saveFile(new File([file], fileName(name), { type: 'video/mp4' }))}
        >
          {t('alerts.clipSave')}
        </Button>
      </p>
    </fieldset>
  );
}

/** Where the clip is, and what moves it: to a time, by pictures, on and off. */
function usePlayhead(faces: ClipFaces, fail: () => void) {
  const video = useRef<HTMLVideoElement>(null);
  const [time, setShown] = useState(0);
  // A key may come before what the one before it set is rendered: steps count from here.
  const at = useRef(0);
  const setTime = (milliseconds: number) => {
    at.current = milliseconds;
    setShown(milliseconds);
  };
  const [playing, setPlaying] = useState(false);
  useWhilePlaying(playing, () => setTime((video.current?.currentTime ?? 0) * 1000));

  const goTo = (milliseconds: number) => {
    const { current } = video;
    if (current === null) return;
    current.pause();
    current.currentTime = milliseconds / 1000 + within;
    setTime(milliseconds);
  };
  const step = (by: number) => {
    const next = faces.pictures[pictureAt(faces.pictures, at.current) + by];
    if (next !== undefined) goTo(next);
  };
  const turn = () => {
    const { current } = video;
    if (current?.paused === true) current.play().catch(fail);
    else current?.pause();
  };
  return { video, time, setTime, playing, setPlaying, goTo, step, turn };
}

interface ClipControlsProps {
  /** Milliseconds from the start: what is shown, the moment of the alert, and the end. */
  readonly time: number;
  readonly moment: number;
  readonly duration: number;
  readonly playing: boolean;
  readonly goTo: (milliseconds: number) => void;
  /** By so many pictures. */
  readonly step: (by: number) => void;
  /** Plays or pauses. */
  readonly turn: () => void;
}

/** For who works with the pointer, or by touch. */
function ClipControls(props: ClipControlsProps) {
  const { time, moment, duration, playing, goTo, step, turn } = props;
  const clock = t('alerts.clipSeconds', { seconds: relative(time, moment) });
  return (
    <>
      <input
        type="range"
        class="clip-time"
        aria-label={t('alerts.clipTime')}
        aria-valuetext={clock}
        min={0}
        max={Math.round(duration)}
        step={1}
        value={Math.round(time)}
        onInput={({ currentTarget }) => goTo(Number(currentTarget.value))}
      />
      <div class="button-row clip-buttons">
        <Button look="quiet" onClick={() => step(-1)}>
          {t('alerts.clipBack')}
        </Button>
        <Button look="quiet" onClick={turn}>
          {t(playing ? 'alerts.clipPause' : 'alerts.clipPlay')}
        </Button>
        <Button look="quiet" onClick={() => step(1)}>
          {t('alerts.clipForward')}
        </Button>
        <Button look="quiet" onClick={() => goTo(moment)}>
          {t('alerts.clipMoment')}
        </Button>
        <output class="clip-clock">{clock}</output>
      </div>
      <p class="muted">{t('alerts.clipKeys')}</p>
    </>
  );
}

/** The faces that the analysis saw at this time, in shares of the picture. */
function Boxes({ faces, time }: { faces: ClipFaces; time: number }) {
  return (
    <svg class="clip-boxes" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {boxesAt(faces, time).map(({ box, subject, track }, index) => (
        <rect
          key={track ?? index}
          x={box.x}
          y={box.y}
          width={box.width}
          height={box.height}
          data-subject={subject}
        />
      ))}
    </svg>
  );
}

/** Seconds from the moment of the alert, with their sign. */
function relative(time: number, moment: number): string {
  const seconds = (time - moment) / 1000;
  return `${seconds < 0 ? '−' : '+'}${formatNumber(Math.abs(seconds), 2)}`;
}

function useObjectUrl(file: Blob): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}

function useWhilePlaying(playing: boolean, run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!playing) return;
    let request = 0;
    const turn = () => {
      latest.current();
      request = requestAnimationFrame(turn);
    };
    request = requestAnimationFrame(turn);
    return () => cancelAnimationFrame(request);
  }, [playing]);
}

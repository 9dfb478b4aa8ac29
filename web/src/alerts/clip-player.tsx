import { useEffect, useRef, useState } from 'preact/hooks';
import type { ClipFaces } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { fileName, saveFile } from '../widgets/save-file.ts';
import { ClipControls } from './clip-controls.tsx';
import { ClipPosition } from './clip-position.ts';
import { boxesAt, momentIn } from './clip-times.ts';
import './clip-player.css';

export interface LoadedClip {
  readonly file: Blob;
  readonly faces: ClipFaces;
}

export interface ClipPlayerProps {
  readonly clip: LoadedClip;
  readonly codec: string;
  /** Of the picture of the alert, wall milliseconds. */
  readonly capturedAt: number;
  /** Of the file that is saved. */
  readonly name: string;
}

/** Plays a clip with the boxes of what was seen, picture by picture by keyboard. */
export function ClipPlayer({ clip: { faces, file }, codec, capturedAt, name }: ClipPlayerProps) {
  const player = useClipPlayer(faces, capturedAt);
  const { moment, time, playing, failed, goTo, step, turn } = player;
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
        <>
          <ClipPicture player={player} file={file} faces={faces} />
          <ClipControls
            {...{ time, moment, playing, goTo, step, turn }}
            duration={faces.duration}
          />
        </>
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

type Player = ReturnType<typeof useClipPlayer>;

/** A video, where it stands and what moves it. */
function useClipPlayer(faces: ClipFaces, capturedAt: number) {
  const video = useRef<HTMLVideoElement>(null);
  const [moment] = useState(() => momentIn(faces, capturedAt));
  const [time, setTime] = useState(moment);
  const [playing, setPlaying] = useState(false);
  const [failed, setFailed] = useState(false);
  const [position] = useState(
    () => new ClipPosition(faces.pictures, moment, () => video.current, setTime),
  );
  useWhilePlaying(playing, () => position.follow());
  const turn = () => {
    const { current } = video;
    if (current?.paused === true) {
      current.play().catch((error: DOMException) => {
        // Paused before it began: nothing is wrong with the clip.
        if (error.name !== 'AbortError') setFailed(true);
      });
    } else {
      position.follow();
      current?.pause();
    }
  };
  return {
    ...{ video, position, moment, time, playing, setPlaying, failed, setFailed, turn },
    goTo: (milliseconds: number) => position.goTo(milliseconds),
    step: (by: number) => position.step(by),
  };
}

interface ClipPictureProps {
  readonly player: Player;
  readonly file: Blob;
  readonly faces: ClipFaces;
}

function ClipPicture({ player, file, faces }: ClipPictureProps) {
  const { video, position, time, setPlaying, setFailed } = player;
  const url = useObjectUrl(file);
  return (
    <div class="clip-picture">
      <video
        ref={video}
        src={url}
        muted
        playsInline
        preload="auto"
        tabIndex={0}
        aria-label={t('alerts.clipPlayer')}
        onLoadedMetadata={() => position.goTo(position.time)}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onError={() => url !== undefined && setFailed(true)}
      />
      <Boxes faces={faces} time={time} />
    </div>
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

import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';

export interface ClipControlsProps {
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
export function ClipControls(props: ClipControlsProps) {
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

/** Seconds from the moment of the alert, with their sign. */
function relative(time: number, moment: number): string {
  const seconds = (time - moment) / 1000;
  return `${seconds < 0 ? '−' : '+'}${formatNumber(Math.abs(seconds), 2)}`;
}

import { useState } from 'preact/hooks';
import type { ImageGrade } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Picture } from '../kit/picture.tsx';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import type { PictureSource } from './enrol-picture.ts';
import './face-chooser.css';

export interface FaceChooserProps {
  readonly source: PictureSource;
  readonly name: string;
  readonly choices: ImageGrade['choices'];
  /** Number of the face that is chosen. */
  readonly chosen: number | undefined;
  readonly disabled: boolean;
  readonly onChoose: (number: number) => void;
}

/** A picture of several faces, each a button: which one is meant. */
export function FaceChooser(props: FaceChooserProps) {
  const { source, name, choices, chosen, disabled, onChoose } = props;
  const [size, setSize] = useState<{ width: number; height: number }>();
  const look = {
    alt: '',
    class: 'face-chooser-picture',
    onSize: (width: number, height: number) => setSize({ width, height }),
  };
  return (
    <fieldset class="face-chooser">
      <legend>{t('watchlists.whichFace', { name })}</legend>
      <div class="face-chooser-room">
        {source.from === 'file' ? (
          <Picture source={source.file} {...look} />
        ) : (
          <EvidencePicture alertId={source.alertId} kind={source.kind} {...look} />
        )}
        {size !== undefined &&
          choices.map(({ number, box, quality, ok }) => (
            <button
              key={number}
              type="button"
              class="face-choice"
              disabled={disabled || !ok}
              aria-pressed={number === chosen}
              aria-label={t('watchlists.faceNumber', { number, quality: Math.round(quality) })}
              title={t('watchlists.faceNumber', { number, quality: Math.round(quality) })}
              style={{
                left: `${(box.x / size.width) * 100}%`,
                top: `${(box.y / size.height) * 100}%`,
                width: `${(box.width / size.width) * 100}%`,
                height: `${(box.height / size.height) * 100}%`,
              }}
              onClick={() => onChoose(number)}
            >
              {number}
            </button>
          ))}
      </div>
    </fieldset>
  );
}

import { useState } from 'preact/hooks';
import type { EnrolOutcome, ImageGrade } from '../../../src/client/nightglass-client.ts';
import { codeText, errorText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { DropZone } from '../kit/drop-zone.tsx';
import { Picture } from '../kit/picture.tsx';
import { AlertFacePicker } from '../widgets/alert-face-picker.tsx';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import { QualityComponents, type ReportedComponent } from '../widgets/quality-components.tsx';
import { choicesOf, type EnrolPicture } from './enrol-picture.ts';
import { EnrolWarnings } from './enrol-warnings.tsx';
import { FaceChooser } from './face-chooser.tsx';
import type { EnrolPictures } from './use-enrol-pictures.ts';

export interface PictureSetProps {
  readonly set: EnrolPictures;
  readonly busy: boolean;
}

/** Chosen pictures with what is known of each, and the ways to choose more. */
export function PictureSet({ set, busy }: PictureSetProps) {
  const [picking, setPicking] = useState(false);
  return (
    <section class="stack" aria-label={t('watchlists.pictures')}>
      <DropZone
        label={t('watchlists.dropPictures')}
        hint={t('watchlists.dropPicturesHint')}
        accept="image/jpeg,image/png,image/webp,image/bmp"
        multiple
        disabled={busy}
        onFiles={set.addFiles}
      />
      <div class="button-row">
        <Button disabled={busy} onClick={() => setPicking(true)}>
          {t('watchlists.fromAlert')}
        </Button>
      </div>
      <ul class="enrol-pictures" aria-live="polite">
        {set.pictures.map((picture) => (
          <PictureRow
            key={picture.key}
            picture={picture}
            busy={busy}
            onRemove={() => set.remove(picture.key)}
            onChoose={(face) => set.choose(picture.key, face)}
          />
        ))}
      </ul>
      {picking && (
        <AlertFacePicker
          onPick={({ alertId, kind, name }) => {
            set.addAlertFace({ alertId, kind }, name);
            setPicking(false);
          }}
          onClose={() => setPicking(false)}
        />
      )}
    </section>
  );
}

interface PictureRowProps {
  readonly picture: EnrolPicture;
  readonly busy: boolean;
  readonly onRemove: () => void;
  readonly onChoose: (face: number) => void;
}

function PictureRow({ picture, busy, onRemove, onChoose }: PictureRowProps) {
  const { name, source, outcome } = picture;
  const choices = choicesOf(picture);
  const { tone, label, text, components } = standing(picture);
  return (
    <li class="enrol-picture">
      {source.from === 'file' ? (
        <Picture source={source.file} alt="" class="enrol-thumb" />
      ) : (
        <EvidencePicture alertId={source.alertId} kind={source.kind} alt="" class="enrol-thumb" />
      )}
      <div class="enrol-about">
        <div class="enrol-head">
          <bdi class="enrol-name">{name}</bdi>
          <span class="chip" data-tone={tone}>
            {label}
          </span>
          {(outcome === undefined || choices.length > 0) && (
            <Button
              look="link"
              disabled={busy}
              aria-label={t('watchlists.removePicture', { name })}
              onClick={onRemove}
            >
              {t('forms.remove')}
            </Button>
          )}
        </div>
        {text !== undefined && <p class="enrol-text">{text}</p>}
        {choices.length > 0 && (
          <FaceChooser
            source={source}
            name={name}
            choices={choices}
            chosen={picture.face}
            disabled={busy}
            onChoose={onChoose}
          />
        )}
        {outcome?.status === 'enrolled' && <EnrolWarnings warnings={outcome.warnings} />}
        {components.length > 0 && <Components components={components} />}
      </div>
    </li>
  );
}

/** What is too low at once, with what to do better; the rest by choice. */
function Components({ components }: { components: readonly ReportedComponent[] }) {
  const low = components.filter(({ ok }) => !ok);
  const fine = components.filter(({ ok }) => ok);
  return (
    <>
      {low.length > 0 && <QualityComponents components={low} advice />}
      {fine.length > 0 && (
        <details class="enrol-more">
          <summary>{t('watchlists.goodComponents', { count: fine.length })}</summary>
          <QualityComponents components={fine} />
        </details>
      )}
    </>
  );
}

interface Standing {
  readonly tone: string;
  readonly label: string;
  readonly text: string | undefined;
  readonly components: readonly ReportedComponent[];
}

function standing(picture: EnrolPicture): Standing {
  const { source, check, checkError, outcome } = picture;
  if (choicesOf(picture).length > 0) {
    const label = t(picture.face === undefined ? 'watchlists.faceOpen' : 'watchlists.faceChosen');
    const tone = picture.face === undefined ? 'warn' : 'good';
    return { tone, label, text: undefined, components: [] };
  }
  if (outcome !== undefined) return outcomeStanding(outcome, check);
  if (check !== undefined) return checkStanding(check);
  if (checkError !== undefined) {
    const text = errorText(checkError);
    return { tone: 'warn', label: t('watchlists.unchecked'), text, components: [] };
  }
  if (source.from === 'alert') {
    const label = t('watchlists.judgedWhenEnrolled');
    return { tone: 'plain', label, text: undefined, components: [] };
  }
  return { tone: 'busy', label: t('watchlists.checking'), text: undefined, components: [] };
}

function checkStanding({ ok, quality, code, message, components }: ImageGrade): Standing {
  if (ok) {
    const label =
      quality === null
        ? t('watchlists.usable')
        : t('watchlists.usableAt', { quality: Math.round(quality) });
    return { tone: 'good', label, text: undefined, components };
  }
  return {
    tone: 'bad',
    label: t('watchlists.notUsable'),
    text: code === null ? undefined : codeText(code, message ?? code),
    components,
  };
}

function outcomeStanding(outcome: EnrolOutcome, check: ImageGrade | undefined): Standing {
  if (outcome.status === 'known') {
    const label = t('watchlists.known');
    return { tone: 'plain', label, text: t('watchlists.knownText'), components: [] };
  }
  const components = outcome.components ?? check?.components ?? [];
  if (outcome.status === 'enrolled') {
    const label = t('watchlists.enrolledAt', { quality: Math.round(outcome.quality) });
    const tone = outcome.warnings.length > 0 ? 'warn' : 'good';
    return { tone, label, text: undefined, components };
  }
  return {
    tone: 'bad',
    label: t('watchlists.refused'),
    text: codeText(outcome.code, outcome.message),
    components,
  };
}

import { useState } from 'preact/hooks';
import type { Alert } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { type Appearance, appearancesOf, pictureKind } from '../live/appearances.ts';
import { href } from '../page/route.ts';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import { useCameraName } from '../widgets/use-camera-name.ts';
import { AlertTime } from './alert-time.tsx';
import { EnrolAppearance } from './enrol-appearance.tsx';
import { FrameDialog } from './frame-dialog.tsx';
import { MatchWords } from './match-words.tsx';
import { TimeLine } from './time-line.tsx';

/** The newest of them; the rest is a click away. */
const shownAtOnce = 6;

/** Where and when the person of an alert was seen again, each time with its own evidence. */
export function Sightings({ alert }: { alert: Alert }) {
  const appearances = appearancesOf(alert);
  const again = appearances.filter(({ sighting }) => sighting !== null).reverse();
  const [all, setAll] = useState(false);
  if (again.length === 0) return null;
  const shown = all ? again : again.slice(0, shownAtOnce);
  return (
    <section class="part" aria-labelledby="sightings-title">
      <h3 id="sightings-title">{t('alerts.sightings', { count: again.length })}</h3>
      <TimeLine appearances={appearances} />
      <ol class="sightings-list" reversed>
        {shown.map((appearance) => (
          <SightingItem key={appearance.sighting?.number} appearance={appearance} />
        ))}
      </ol>
      {shown.length < again.length && (
        <Button look="link" onClick={() => setAll(true)}>
          {t('alerts.allSightings', { count: again.length })}
        </Button>
      )}
    </section>
  );
}

function SightingItem({ appearance }: { appearance: Appearance }) {
  const { alert, sighting, cameraId, capturedAt, keyframes } = appearance;
  const [frame, setFrame] = useState(false);
  const camera = useCameraName(cameraId);
  const picture = (kind: 'face' | 'enhanced', alt: string, absent: string) => (
    <EvidencePicture
      alertId={alert.id}
      keyframes={keyframes}
      kind={pictureKind(appearance, kind)}
      alt={alt}
      absent={absent}
    />
  );
  return (
    <li class="sighting" data-number={sighting?.number}>
      <figure>
        <button type="button" class="picture-button" onClick={() => setFrame(true)}>
          {picture('face', t('alerts.sightingAlt', { camera }), t('alerts.noPicture'))}
          <span class="picture-hint">{t('alerts.fullFrame')}</span>
        </button>
        <figcaption>{t('alerts.recorded')}</figcaption>
      </figure>
      {sighting?.isEnhanced && (
        <figure data-made="ai">
          {picture('enhanced', t('alerts.enhancedAlt'), t('alerts.noEnhanced'))}
          <figcaption>{t('alerts.enhanced')}</figcaption>
        </figure>
      )}
      <div class="sighting-text">
        <span>
          <a href={href('camera', cameraId)}>{camera}</a> · <AlertTime at={capturedAt} />
        </span>
        <MatchWords appearance={appearance} />
        <EnrolAppearance appearance={appearance} />
      </div>
      {frame && <FrameDialog appearance={appearance} onClose={() => setFrame(false)} />}
    </li>
  );
}

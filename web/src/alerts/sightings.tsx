import { useState } from 'preact/hooks';
import type { Alert } from '../../../src/client/nightglass-client.ts';
import { formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { type Appearance, appearancesOf, pictureKind } from '../live/appearances.ts';
import { href } from '../page/route.ts';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import { useCameraName } from '../widgets/use-camera-name.ts';
import { AlertTime } from './alert-time.tsx';
import { FrameDialog } from './frame-dialog.tsx';
import { ScoreMeter } from './score-meter.tsx';
import { TimeLine } from './time-line.tsx';

/** Where and when the person of an alert was seen again, each time with its own evidence. */
export function Sightings({ alert }: { alert: Alert }) {
  const appearances = appearancesOf(alert);
  const again = appearances.filter(({ sighting }) => sighting !== null).reverse();
  if (again.length === 0) return null;
  return (
    <section class="part" aria-labelledby="sightings-title">
      <h3 id="sightings-title">{t('alerts.sightings', { count: again.length })}</h3>
      <TimeLine appearances={appearances} />
      <ol class="sightings-list" reversed>
        {again.map((appearance) => (
          <SightingItem key={appearance.sighting?.number} appearance={appearance} />
        ))}
      </ol>
    </section>
  );
}

function SightingItem({ appearance }: { appearance: Appearance }) {
  const { alert, sighting, cameraId, capturedAt, keyframes, quality } = appearance;
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
      <figure data-made={sighting?.isEnhanced ? 'ai' : undefined}>
        {sighting?.isEnhanced ? (
          picture('enhanced', t('alerts.enhancedAlt'), t('alerts.noEnhanced'))
        ) : (
          <div class="picture picture-none">{t('alerts.noEnhanced')}</div>
        )}
        <figcaption>
          {t(sighting?.isEnhanced ? 'alerts.enhanced' : 'alerts.notEnhanced')}
        </figcaption>
      </figure>
      <div class="sighting-text">
        <span>
          <a href={href('camera', cameraId)}>{camera}</a> · <AlertTime at={capturedAt} />
        </span>
        <ScoreMeter alert={appearance} />
        <span class="muted">
          {quality !== undefined &&
            `${t('alerts.quality')} ${t('alerts.qualityOf', { value: Math.round(quality) })} · `}
          {t('alerts.eyeDistance')}{' '}
          {t('alerts.pixels', { value: formatNumber(appearance.interEyeDistance, 0) })}
        </span>
      </div>
      {frame && <FrameDialog appearance={appearance} onClose={() => setFrame(false)} />}
    </li>
  );
}

import { t } from '../i18n/t.ts';
import { EvidencePicture } from '../widgets/evidence-picture.tsx';
import type { AlertPicturesProps } from './alert-pictures.tsx';

/** The best recorded faces of the alert's track, best first. */
export function BestFrames({ alert }: AlertPicturesProps) {
  if (alert.best.length === 0) return null;
  return (
    <section class="best" aria-labelledby="best-title">
      <h3 id="best-title">{t('alerts.bestFrames')}</h3>
      <ul>
        {alert.best.map((kind, index) => (
          <li key={kind}>
            <EvidencePicture
              alertId={alert.id}
              keyframes={alert.keyframes}
              kind={kind}
              alt={t('alerts.bestAlt', { count: index + 1 })}
              absent={t('alerts.noPicture')}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

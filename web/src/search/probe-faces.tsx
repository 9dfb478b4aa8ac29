import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import type { Dashboard } from '../live/dashboard.ts';
import { LocalPicture } from '../widgets/local-picture.tsx';
import { evidencePath, type Probe, type SearchedFace } from './search-request.ts';

export interface ProbeFacesProps {
  readonly dashboard: Dashboard;
  readonly probe: Probe;
  readonly faces: readonly SearchedFace[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

/** The searched picture with the faces that were found in it; several can be chosen between. */
export function ProbeFaces({ dashboard, probe, faces, chosen, onChoose }: ProbeFacesProps) {
  const picture = useProbePicture(dashboard, probe);
  const [size, setSize] = useState<{ width: number; height: number }>();
  return (
    <div class="probe-faces">
      {picture !== undefined && (
        <div class="probe-picture">
          <LocalPicture
            file={picture}
            alt={t('search.probeAlt')}
            onSize={(width, height) => setSize({ width, height })}
          />
          {size !== undefined && (
            <svg viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
              {faces.map(({ box }, i) => (
                <rect
                  key={`${box.x} ${box.y}`}
                  data-chosen={i === chosen}
                  x={box.x}
                  y={box.y}
                  width={box.width}
                  height={box.height}
                />
              ))}
            </svg>
          )}
        </div>
      )}
      <fieldset class="probe-list" aria-label={t('search.faces')}>
        {faces.map(({ box, quality, candidates }, i) => (
          <button
            key={`${box.x} ${box.y}`}
            type="button"
            class="button"
            aria-pressed={i === chosen}
            onClick={() => onChoose(i)}
          >
            {t('search.face', { number: i + 1 })}
            <span class="muted">
              {t('quality.score', { value: Math.round(quality) })}
              {' · '}
              {t('search.candidateCount', { count: candidates.length })}
            </span>
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function useProbePicture(dashboard: Dashboard, probe: Probe): Blob | undefined {
  const [picture, setPicture] = useState<Blob>();
  useEffect(() => {
    if (probe.from === 'file') {
      setPicture(probe.file);
      return;
    }
    let gone = false;
    dashboard.api.picture(evidencePath(probe)).then(
      (blob) => {
        if (!gone && blob !== null) setPicture(blob);
      },
      // The candidates stand without it.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [dashboard, probe]);
  return picture;
}

import { useEffect, useState } from 'preact/hooks';
import type { SearchedFace } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Picture } from '../kit/picture.tsx';
import { useDashboard } from '../live/dashboard-context.ts';
import { loadEvidence } from '../widgets/evidence-picture.tsx';
import type { Probe } from './search-request.ts';

export interface ProbeFacesProps {
  readonly probe: Probe;
  readonly faces: readonly SearchedFace[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

/** The searched picture with the faces that were found in it; several can be chosen between. */
export function ProbeFaces({ probe, faces, chosen, onChoose }: ProbeFacesProps) {
  const picture = useProbePicture(probe);
  const [size, setSize] = useState<{ width: number; height: number }>();
  return (
    <div class="probe-faces">
      {picture !== undefined && (
        <div class="probe-picture">
          <Picture
            source={picture}
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
          <Button key={`${box.x} ${box.y}`} aria-pressed={i === chosen} onClick={() => onChoose(i)}>
            {t('search.face', { number: i + 1 })}
            <span class="muted">
              {t('quality.score', { value: Math.round(quality) })}
              {' · '}
              {t('search.candidateCount', { count: candidates.length })}
            </span>
          </Button>
        ))}
      </fieldset>
    </div>
  );
}

function useProbePicture(probe: Probe): Blob | undefined {
  const { client } = useDashboard();
  const [picture, setPicture] = useState<Blob>();
  useEffect(() => {
    if (probe.from === 'file') {
      setPicture(probe.file);
      return;
    }
    let gone = false;
    loadEvidence(client, probe.alertId, probe.kind).then(
      (blob) => {
        if (!gone && blob !== null) setPicture(blob);
      },
      // The candidates stand without it.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [client, probe]);
  return picture;
}

import { useState } from 'preact/hooks';
import type { Alert } from '../../../src/client/nightglass-client.ts';
import type { TextKey } from '../i18n/dictionaries.ts';
import { formatBytes, formatNumber, formatTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Failure } from '../kit/failure.tsx';
import { SelectField } from '../kit/field.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { type Appearance, appearancesOf } from '../live/appearances.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { useCameraName, useCameraNames } from '../widgets/use-camera-name.ts';
import { ClipPlayer, type LoadedClip } from './clip-player.tsx';

type Clip = Appearance['clip'];
type ReadyClip = Extract<Clip, { readonly state: 'ready' }>;

/** The seconds around an alert and its sightings as the cameras sent them, one at a time. */
export function AlertClips({ alert }: { alert: Alert }) {
  const appearances = appearancesOf(alert);
  const [chosen, setChosen] = useState(0);
  const nameOf = useCameraNames();
  const shown = appearances.find((each) => numberOf(each) === chosen) ?? appearances[0];
  if (shown === undefined) return null;
  const { clip } = shown;
  // Where clips are switched off nothing is missing.
  if (appearances.every((each) => each.clip.state === 'none' && each.clip.reason === 'off')) {
    return null;
  }
  return (
    <section class="part clip" aria-labelledby="clip-title" data-state={clip.state}>
      <h3 id="clip-title">{t('alerts.clipTitle')}</h3>
      {appearances.length > 1 && (
        <SelectField
          label={t('alerts.clipOf')}
          value={String(chosen)}
          options={appearances.map((each) => ({
            value: String(numberOf(each)),
            label: `${formatTime(each.capturedAt)} · ${nameOf(each.cameraId)}`,
          }))}
          onValue={(value) => setChosen(Number(value))}
        />
      )}
      {clip.state === 'pending' && <p role="status">{t('alerts.clipPending')}</p>}
      {clip.state === 'none' && (
        <p class="muted">{t(`alerts.clipNone_${clip.reason}` satisfies TextKey)}</p>
      )}
      {clip.state === 'ready' && (
        <ReadyClipView key={`${alert.id} ${chosen}`} appearance={shown} clip={clip} />
      )}
    </section>
  );
}

function numberOf({ sighting }: Appearance): number {
  return sighting?.number ?? 0;
}

/** Fetched when somebody asks for it: who looks at a clip goes on record. */
function ReadyClipView({ appearance, clip }: { appearance: Appearance; clip: ReadyClip }) {
  const { client } = useDashboard();
  const camera = useCameraName(appearance.cameraId);
  const [loaded, setLoaded] = useState<LoadedClip>();
  const loading = useMutation();
  const number = numberOf(appearance);

  async function load(): Promise<void> {
    const { id } = appearance.alert;
    const [file, faces] = await Promise.all([
      client.clip(id, number),
      client.clipFaces(id, number),
    ]);
    setLoaded({ file, faces });
  }

  if (loaded !== undefined) {
    return (
      <ClipPlayer
        clip={loaded}
        codec={clip.codec}
        capturedAt={appearance.capturedAt}
        name={`${camera}-${appearance.alert.id}-${number}.mp4`}
      />
    );
  }
  return (
    <>
      <p>
        {t('alerts.clipReady', {
          seconds: formatNumber(clip.duration / 1000, 0),
          size: formatBytes(clip.bytes),
        })}
        {clip.cut !== null && ` ${t(`alerts.clipCut_${clip.cut}` satisfies TextKey)}`}
      </p>
      <Failure error={loading.error} />
      <Button disabled={loading.busy} onClick={() => void loading.run(load)}>
        {t(loading.busy ? 'alerts.clipLoading' : 'alerts.clipShow')}
      </Button>
    </>
  );
}

import { useId } from 'preact/hooks';
import { t } from '../i18n/t.ts';
import { useDashboard } from '../live/dashboard-context.ts';

export interface CameraChoiceProps {
  readonly all: boolean;
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (all: boolean, chosen: readonly string[]) => void;
}

/** The cameras that a list may run on: all, or named ones. */
export function CameraChoice({ all, chosen, error, onChange }: CameraChoiceProps) {
  const dashboard = useDashboard();
  const cameras = dashboard.cameras.value ?? [];
  const id = useId();
  const known = new Set(cameras.map((camera) => camera.id));
  // A list may name a camera that is out of the configuration for now.
  const gone = chosen.filter((one) => !known.has(one)).map((one) => ({ id: one, name: one }));
  const mayAll = dashboard.session.cameras === '*';
  return (
    <fieldset class="choices" aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend class="legend">{t('watchlists.cameras')}</legend>
      {mayAll && (
        <label class="choice">
          <input
            type="checkbox"
            checked={all}
            aria-invalid={error !== undefined}
            onChange={(event) => onChange(event.currentTarget.checked, chosen)}
          />
          {t('watchlists.allCameras')}
        </label>
      )}
      {!all && (
        <div class="camera-choices">
          {[...cameras, ...gone].map((camera) => (
            <label key={camera.id} class="choice">
              <input
                type="checkbox"
                checked={chosen.includes(camera.id)}
                aria-invalid={error !== undefined && !mayAll}
                onChange={(event) =>
                  onChange(
                    false,
                    event.currentTarget.checked
                      ? [...chosen, camera.id]
                      : chosen.filter((one) => one !== camera.id),
                  )
                }
              />
              <bdi>{camera.name}</bdi>
            </label>
          ))}
        </div>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
    </fieldset>
  );
}

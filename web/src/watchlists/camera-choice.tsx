import { t } from '../i18n/t.ts';
import { Check, Choices } from '../kit/check.tsx';
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
  const known = new Set(cameras.map((camera) => camera.id));
  // A list may name a camera that is out of the configuration for now.
  const gone = chosen.filter((one) => !known.has(one)).map((one) => ({ id: one, name: one }));
  const mayAll = dashboard.session.cameras === '*';
  return (
    <Choices legend={t('watchlists.cameras')} error={error}>
      {mayAll && (
        <Check
          checked={all}
          aria-invalid={error !== undefined}
          onChecked={(checked) => onChange(checked, chosen)}
        >
          {t('watchlists.allCameras')}
        </Check>
      )}
      {!all && (
        <div class="camera-choices">
          {[...cameras, ...gone].map((camera) => (
            <Check
              key={camera.id}
              checked={chosen.includes(camera.id)}
              aria-invalid={error !== undefined && !mayAll}
              onChecked={(checked) =>
                onChange(
                  false,
                  checked ? [...chosen, camera.id] : chosen.filter((one) => one !== camera.id),
                )
              }
            >
              <bdi>{camera.name}</bdi>
            </Check>
          ))}
        </div>
      )}
    </Choices>
  );
}

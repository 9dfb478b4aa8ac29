import { useMemo, useState } from 'preact/hooks';
import type { CameraSetup, NewCamera } from '../../../src/client/nightglass-client.ts';
import { codeText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { type Area, areasOf, masksWith } from './areas.ts';
import { AreasPicture } from './areas-picture.tsx';
import { nameOf } from './camera-name.ts';
import { pictureOf } from './test-result.tsx';

export interface AreasDialogProps {
  readonly camera: CameraSetup;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** In the middle, for who adds it by keyboard. */
const fresh: Area = { x: 0.375, y: 0.375, width: 0.25, height: 0.25 };

/** Draws the privacy masks of a camera on its picture. */
export function AreasDialog({ camera, onSaved, onClose }: AreasDialogProps) {
  const { client } = useDashboard();
  const name = nameOf(camera);
  const test = useQuery(() => client.testCamera(camera.id), [client, camera.id]);
  const [areas, setAreas] = useState<readonly Area[]>(() => areasOf(camera.setup));
  const saving = useMutation();
  const picture = useMemo(() => test.value && pictureOf(test.value), [test.value]);
  const reason = test.value?.reason;
  const save = () =>
    void saving.run(async () => {
      const before = camera.setup as NewCamera['setup'];
      const masks = masksWith(before, areas);
      await client.changeCamera(camera.id, { setup: { ...before, masks } });
      onSaved();
    });
  return (
    <Dialog title={t('cameras.areasTitle', { name })} size="wide" onClose={onClose}>
      <div class="dialog-body stack">
        <p class="muted">{t('cameras.areasWhat')}</p>
        {test.loading && <p role="status">{t('cameras.testing')}</p>}
        <Failure error={test.error} onRetry={test.reload} />
        {reason != null && (
          <p class="failure" role="alert">
            {t('cameras.testFailed', { reason: codeText(reason.code, reason.message) })}
          </p>
        )}
        {picture !== undefined && (
          <AreasPicture
            picture={picture}
            alt={t('cameras.areasPicture', { name })}
            areas={areas}
            onChange={setAreas}
          />
        )}
        <ul class="area-list">
          {areas.length === 0 && <li class="muted">{t('cameras.noAreas')}</li>}
          {areas.map((_, at) => (
            <li key={at}>
              {t('cameras.mask', { count: at + 1 })}{' '}
              <Button
                look="link"
                aria-label={t('cameras.removeArea', {
                  area: t('cameras.mask', { count: at + 1 }),
                })}
                onClick={() => setAreas(areas.filter((__, other) => other !== at))}
              >
                {t('forms.remove')}
              </Button>
            </li>
          ))}
        </ul>
        <Failure error={saving.error} />
        <div class="button-row">
          <Button disabled={picture === undefined} onClick={() => setAreas([...areas, fresh])}>
            {t('cameras.addMask')}
          </Button>
          <Button action="confirm" disabled={saving.busy || picture === undefined} onClick={save}>
            {saving.busy ? t('forms.saving') : t('shell.save')}
          </Button>
          <Button onClick={onClose}>{t('shell.cancel')}</Button>
        </div>
      </div>
    </Dialog>
  );
}

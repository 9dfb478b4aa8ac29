import { useMemo, useState } from 'preact/hooks';
import type { CameraSetup, NewCamera } from '../../../src/client/nightglass-client.ts';
import { drawingOf } from '../camera-scene/drawing.ts';
import { faultsOfScene, sceneOf, setupWith, shapesOf } from '../camera-scene/scene-draft.ts';
import { SceneEditor } from '../camera-scene/scene-editor.tsx';
import { codeText } from '../i18n/error-text.ts';
import { t } from '../i18n/t.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useMutation } from '../kit/use-mutation.ts';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { nameOf } from './camera-name.ts';
import { pictureOf } from './test-result.tsx';

export interface SceneDialogProps {
  readonly camera: CameraSetup;
  readonly onSaved: () => void;
  readonly onClose: () => void;
}

/** Where there is no picture to say it. */
const usualSize = { width: 1920, height: 1080 };

/** Zones, masks, sizes of faces and times of a camera, drawn on its picture. Of the file: to look at. */
export function SceneDialog({ camera, onSaved, onClose }: SceneDialogProps) {
  const { client } = useDashboard();
  const name = nameOf(camera);
  const readOnly = camera.source === 'file';
  const test = useQuery(() => client.testCamera(camera.id), [client, camera.id]);
  const [drawing, setDrawing] = useState(() => drawingOf(shapesOf(camera.setup)));
  const [scene, setScene] = useState(() => sceneOf(camera.setup));
  const saving = useMutation();
  const picture = useMemo(() => test.value && pictureOf(test.value), [test.value]);
  const reason = test.value?.reason;
  const faults = faultsOfScene(drawing.shapes, scene);
  const save = () =>
    void saving.run(async () => {
      const setup = setupWith(camera.setup, drawing.shapes, scene) as NewCamera['setup'];
      await client.changeCamera(camera.id, { setup });
      onSaved();
    });
  return (
    <Dialog title={t('scene.title', { name })} size="wide" onClose={onClose}>
      <div class="dialog-body stack">
        {readOnly && <p class="muted">{t('scene.readOnly', { file: camera.file ?? '' })}</p>}
        {test.loading && <p role="status">{t('cameras.testing')}</p>}
        <Failure error={test.error} onRetry={test.reload} />
        {reason != null && (
          <p class="failure" role="alert">
            {t('cameras.testFailed', { reason: codeText(reason.code, reason.message) })}
          </p>
        )}
        <SceneEditor
          name={name}
          picture={picture}
          size={test.value?.picture ?? usualSize}
          readOnly={readOnly}
          drawing={drawing}
          onDrawing={setDrawing}
          scene={scene}
          onScene={setScene}
        />
        {faults.length > 0 && (
          <p class="failure" role="alert">
            {t('scene.notSaved', {
              parts: faults.map((each) => t(`scene.part_${each}`)).join(', '),
            })}
          </p>
        )}
        <Failure error={saving.error} />
        <div class="button-row">
          {!readOnly && (
            <Button
              action="confirm"
              disabled={saving.busy || faults.length > 0 || drawing.sketch !== null}
              onClick={save}
            >
              {saving.busy ? t('forms.saving') : t('shell.save')}
            </Button>
          )}
          <Button onClick={onClose}>{t(readOnly ? 'shell.close' : 'shell.cancel')}</Button>
        </div>
      </div>
    </Dialog>
  );
}

import type { CameraSetup } from '../../../src/client/nightglass-client.ts';
import { t } from '../i18n/t.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Failure } from '../kit/failure.tsx';
import { useQuery } from '../kit/use-query.ts';
import { useDashboard } from '../live/dashboard-context.ts';
import { nameOf } from './camera-name.ts';
import { TestResult } from './test-result.tsx';

/** Tests a camera as it is set up. */
export function TestDialog({ camera, onClose }: { camera: CameraSetup; onClose: () => void }) {
  const { client } = useDashboard();
  const test = useQuery(() => client.testCamera(camera.id), [client, camera.id]);
  return (
    <Dialog title={t('cameras.testTitle', { name: nameOf(camera) })} size="wide" onClose={onClose}>
      <div class="dialog-body stack">
        {test.loading && <p role="status">{t('cameras.testing')}</p>}
        <Failure error={test.error} onRetry={test.reload} />
        {test.value !== undefined && !test.loading && <TestResult test={test.value} />}
      </div>
    </Dialog>
  );
}

import { filter, interval, map } from 'rxjs';
import type { CameraState, CameraStatus } from '../../../src/domain/camera-status.ts';
import type { Live } from './start-live.ts';
import { within } from './within.ts';

/** Waits until the camera is in one of the states; the present one counts. */
export async function untilState(
  live: Live,
  cameraId: string,
  states: readonly CameraState[],
  ms = 15_000,
): Promise<CameraStatus> {
  const isIt = (status: CameraStatus) =>
    status.cameraId === cameraId && states.includes(status.state);
  const now = (await live.nightglass.services.cameras.list())
    .map(({ status }) => status)
    .find(isIt);
  return (
    now ?? within(ms, `${cameraId} ${states.join(' or ')}`, live.nightglass.services.status$, isIt)
  );
}

/** Waits until `count` more frames of the camera were decoded; resolves to the time that took, ms. */
export async function untilFrames(
  live: Live,
  cameraId: string,
  count = 5,
  ms = 15_000,
): Promise<number> {
  const made = () => live.nightglass.ledger.made().get(cameraId) ?? 0;
  const started = performance.now();
  const goal = made() + count;
  await within(
    ms,
    `${count} frames of ${cameraId}`,
    interval(20).pipe(
      map(made),
      filter((frames) => frames >= goal),
    ),
  );
  return performance.now() - started;
}

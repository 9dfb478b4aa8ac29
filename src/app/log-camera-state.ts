import type { CameraStatus } from '../domain/camera-status.ts';
import { type Log, logKind } from '../domain/log.ts';

/** Logs the state of a camera. One that comes and goes is summed up by the hour. */
export function logCameraState(log: Pick<Log, 'info'>, status: CameraStatus): void {
  const { cameraId, state, reason } = status;
  log.info(
    { cameraId, state, reason, [logKind]: `${cameraId} ${state} ${reason?.code}` },
    'Camera',
  );
}

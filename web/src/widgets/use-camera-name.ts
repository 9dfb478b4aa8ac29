import { useDashboard } from '../live/dashboard-context.ts';

/** A camera's name for people; its id when it is gone from the configuration. */
export function useCameraName(cameraId: string): string {
  const dashboard = useDashboard();
  const cameras = dashboard.cameras.value;
  return cameras?.find(({ id }) => id === cameraId)?.name ?? cameraId;
}

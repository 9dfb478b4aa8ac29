import { useDashboard } from '../live/dashboard-context.ts';

/** A camera's name for people; its id when it is gone from the configuration. */
export function useCameraName(cameraId: string): string {
  return useCameraNames()(cameraId);
}

/** The same of any camera. */
export function useCameraNames(): (cameraId: string) => string {
  const dashboard = useDashboard();
  const cameras = dashboard.cameras.value;
  return (cameraId) => cameras?.find(({ id }) => id === cameraId)?.name ?? cameraId;
}

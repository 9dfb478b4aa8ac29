import type { Dashboard } from '../live/dashboard.ts';
import { useStore } from '../live/store.ts';

/** A camera's name for people; its id when it is gone from the configuration. */
export function useCameraName(dashboard: Dashboard, cameraId: string): string {
  const cameras = useStore(dashboard.cameras);
  return cameras?.find(({ id }) => id === cameraId)?.name ?? cameraId;
}

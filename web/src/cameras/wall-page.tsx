import type { PageProps } from '../shell/page-props.ts';
import { CameraGrid } from './camera-grid.tsx';

/** All cameras live. */
export function WallPage({ dashboard }: PageProps) {
  return <CameraGrid dashboard={dashboard} />;
}

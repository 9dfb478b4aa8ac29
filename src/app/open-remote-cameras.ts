import { ClusterLink } from '../cluster/cluster-link.ts';
import { type ClusterRole, clusterRoles } from '../domain/cluster.ts';
import { clusterOptions, sideOf } from './cluster-access.ts';
import type { Foundation } from './foundation.ts';
import type { Models } from './open-models.ts';
import { RemoteCameras } from './remote-cameras.ts';

/**
 * Connects the control node to the others; undefined where this process pulls the cameras itself.
 * @throws NightglassError `CLUSTER_*`, `CONFIG_INVALID`, `SECRET_MISSING`
 */
export async function openRemoteCameras(
  foundation: Foundation,
  { embedder, inference }: Models,
  roles: readonly ClusterRole[] = clusterRoles,
): Promise<RemoteCameras | undefined> {
  if (sideOf(roles) !== 'control') return undefined;
  const link = await ClusterLink.open(clusterOptions(foundation, 'control'));
  const models = inference.modelsHash;
  return foundation.resources.use(new RemoteCameras(foundation, link, models, embedder.model));
}

import { ClusterLink } from '../cluster/cluster-link.ts';
import type { ClusterRole } from '../domain/cluster.ts';
import { clusterOptions, sideOf } from './cluster-access.ts';
import type { Foundation } from './foundation.ts';
import type { OpenGallery } from './open-gallery.ts';
import type { Models } from './open-models.ts';
import { RemoteCameras } from './remote-cameras.ts';

/**
 * Connects the control node to the others; undefined where this process pulls the cameras itself.
 * @throws NightglassError `CLUSTER_*`, `CONFIG_INVALID`, `SECRET_MISSING`
 */
export async function openClusterLink(
  foundation: Foundation,
  roles: readonly ClusterRole[],
): Promise<ClusterLink | undefined> {
  if (sideOf(roles) !== 'control') return undefined;
  return foundation.resources.use(await ClusterLink.open(clusterOptions(foundation, 'control')));
}

/** The cameras of other nodes; undefined without a way to these. */
export function openRemoteCameras(
  foundation: Foundation,
  { embedder, inference }: Models,
  { sharded }: OpenGallery,
  link: ClusterLink | undefined,
): RemoteCameras | undefined {
  if (link === undefined) return undefined;
  const models = { hash: inference.modelsHash, recogniser: embedder.model };
  return foundation.resources.use(new RemoteCameras(foundation, link, models, sharded));
}

import { ClusterLink } from '../cluster/cluster-link.ts';
import { type ClusterRole, clusterRoles } from '../domain/cluster.ts';
import { clusterOptions, matchesElsewhere, sideOf } from './cluster-access.ts';
import type { Foundation } from './foundation.ts';
import type { MatchingWay, OpenGallery } from './open-gallery.ts';
import type { Models } from './open-models.ts';
import { RemoteCameras } from './remote-cameras.ts';

/** The way of a control node to the others. */
export interface ClusterWay {
  readonly link: ClusterLink;
  /** To those that hold the lists; undefined: they are held here. */
  readonly matching: MatchingWay | undefined;
}

/**
 * Connects the control node to the others; undefined where this process pulls the cameras itself.
 * @param remote what hears of the nodes, once it is open
 * @throws NightglassError `CLUSTER_*`, `CONFIG_INVALID`, `SECRET_MISSING`
 */
export async function openClusterWay(
  foundation: Foundation,
  roles: readonly ClusterRole[] = clusterRoles,
  remote: () => RemoteCameras | undefined,
): Promise<ClusterWay | undefined> {
  if (sideOf(roles) !== 'control') return undefined;
  const options = clusterOptions(foundation, 'control');
  const link = foundation.resources.use(await ClusterLink.open(options));
  const nodes = () => remote()?.matchingNodes() ?? [];
  return { link, matching: matchesElsewhere(roles) ? { link, nodes } : undefined };
}

/** The cameras of other nodes; undefined without a way to these. */
export function openRemoteCameras(
  foundation: Foundation,
  { embedder, inference }: Models,
  { sharded }: OpenGallery,
  cluster: ClusterWay | undefined,
): RemoteCameras | undefined {
  if (cluster === undefined) return undefined;
  const models = { hash: inference.modelsHash, recogniser: embedder.model };
  return foundation.resources.use(new RemoteCameras(foundation, cluster.link, models, sharded));
}

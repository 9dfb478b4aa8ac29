import type { ClusterLink } from '../cluster/cluster-link.ts';
import { LiveSender } from '../cluster/live-sender.ts';
import type { Foundation } from './foundation.ts';

/** Sends boxes and tracks of this node's cameras to the control node, for who looks there. */
export function sendLive(
  { live, resources }: Pick<Foundation, 'live' | 'resources'>,
  link: ClusterLink,
): LiveSender {
  const sender = resources.use(new LiveSender(link));
  const subscriptions = [
    live.detections$.subscribe((event) => sender.detected(event)),
    live.tracks$.subscribe((event) => sender.tracked(event)),
    live.gone$.subscribe((cameraId) => sender.forget(cameraId)),
  ];
  resources.defer(() => {
    for (const each of subscriptions) each.unsubscribe();
  });
  return sender;
}

import { LRUCache } from 'lru-cache';
import type { OperatorFunction } from 'rxjs';
import { Observable } from 'rxjs';
import type { FusedKeyframe, TrackEvent } from '../domain/keyframe.ts';
import type { TemplateEvent } from '../domain/track-template.ts';
import { subscribeToSource } from './subscribe-to-source.ts';
import { TemplatePool } from './template-pool.ts';

export interface PoolTemplateOptions {
  /** Tracks pooled at once, at most; default 256. The one updated longest ago is forgotten. */
  readonly maxTracks?: number;
}

/**
 * Pools the keyframes of each track into one template, emitted with every
 * keyframe. Each of the three vectors is the mean of its embeddings, weighted
 * by the weight that the fuse model gives a keyframe, else by unified quality and
 * recognisability, brought to length 1; it does not depend on the keyframes'
 * order. A track that ended is forgotten.
 */
export function poolTemplate(
  options: PoolTemplateOptions = {},
): OperatorFunction<TrackEvent<FusedKeyframe>, TemplateEvent> {
  const { maxTracks = 256 } = options;
  if (!(maxTracks >= 1)) {
    throw new RangeError('Cannot pool templates: maxTracks must be at least 1');
  }
  return (source) =>
    new Observable<TemplateEvent>((subscriber) => {
      const pools = new LRUCache<string, TemplatePool>({ max: maxTracks });
      subscriber.add(() => pools.clear());
      subscribeToSource(source, subscriber, {
        next(event) {
          if (event.kind !== 'keyframe') {
            if (event.kind === 'ended') pools.delete(event.track.trackId);
            subscriber.next(event);
            return;
          }
          const { keyframe } = event;
          const known = pools.get(keyframe.trackId);
          // Embeddings of different models do not mix: a new model starts a new template.
          const pool = known?.accepts(keyframe) ? known : new TemplatePool(keyframe);
          pools.set(keyframe.trackId, pool);
          subscriber.next({ kind: 'template', template: pool.add(keyframe) });
        },
      });
    });
}

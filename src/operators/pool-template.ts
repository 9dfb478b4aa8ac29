import { LRUCache } from 'lru-cache';
import type { OperatorFunction } from 'rxjs';
import { Observable } from 'rxjs';
import type { FusedKeyframe, TrackEvent } from '../domain/keyframe.ts';
import type { TrackNote, TrackSplit } from '../domain/track.ts';
import type { TemplateEvent } from '../domain/track-template.ts';
import { subscribeToSource } from './subscribe-to-source.ts';
import { TemplatePool } from './template-pool.ts';

export interface PoolTemplateOptions {
  /** Tracks pooled at once, at most; default 256. The one updated longest ago is forgotten. */
  readonly maxTracks?: number;
  /**
   * Likeness (cosine) under which two good faces are of two people, by model: a track that comes to
   * show another person ends there, and goes on under an id of its own. Default: tracks never end so.
   */
  readonly strangerBelow?: (model: string) => number;
  /** Makes the id of the track that goes on. Default: random. */
  readonly createTrackId?: () => string;
  /** Told when a track is split, before what follows from it is emitted. */
  readonly onSplit?: (split: TrackSplit) => void;
}

/** What a track of the tracker shows at present. */
interface Shown {
  readonly trackId: string;
  readonly pool: TemplatePool;
  readonly latest: FusedKeyframe;
}

/**
 * Pools the keyframes of each track into one template, emitted with each of
 * them. Each of the three vectors is the mean of its embeddings, weighted
 * by the weight that the fuse model gives a keyframe, else by unified quality and
 * recognisability, brought to length 1; it does not depend on the keyframes'
 * order. A track that ended is forgotten; one that comes to show another person
 * is split. A keyframe that is a check and shows the same person changes nothing.
 */
export function poolTemplate(
  options: PoolTemplateOptions = {},
): OperatorFunction<TrackEvent<FusedKeyframe>, TemplateEvent> {
  const { maxTracks = 256, strangerBelow, onSplit } = options;
  const createTrackId = options.createTrackId ?? (() => crypto.randomUUID());
  if (!(maxTracks >= 1)) {
    throw new RangeError('Cannot pool templates: maxTracks must be at least 1');
  }
  return (source) =>
    new Observable<TemplateEvent>((subscriber) => {
      const tracks = new LRUCache<string, Shown>({ max: maxTracks });
      subscriber.add(() => tracks.clear());

      /** A note on a track under the id that its templates have at present. */
      function renamed(note: TrackNote): TrackNote {
        if (note.kind === 'seen') {
          const trackId = tracks.get(note.seen.trackId)?.trackId ?? note.seen.trackId;
          return { kind: 'seen', seen: { ...note.seen, trackId } };
        }
        const trackId = tracks.get(note.track.trackId)?.trackId ?? note.track.trackId;
        tracks.delete(note.track.trackId);
        return { kind: 'ended', track: { ...note.track, trackId } };
      }

      subscribeToSource(source, subscriber, {
        next(event) {
          if (event.kind !== 'keyframe') {
            subscriber.next(renamed(event));
            return;
          }
          const { keyframe } = event;
          const known = tracks.get(keyframe.trackId);
          let trackId = known?.trackId ?? keyframe.trackId;
          // Embeddings of different models do not mix: a new model starts a new template.
          let pool = known?.pool.accepts(keyframe) ? known.pool : undefined;
          if (
            known !== undefined &&
            strangerBelow !== undefined &&
            pool?.isBrokenBy(keyframe, strangerBelow(keyframe.model))
          ) {
            const ended = pool.ended(known.latest);
            trackId = createTrackId();
            pool = undefined;
            const { trackId: trackerId, capturedAt: startedAt } = keyframe;
            onSplit?.({ trackerId, ended, trackId, startedAt });
            subscriber.next({ kind: 'ended', track: ended });
          } else if (pool !== undefined && keyframe.isCheck) {
            return;
          }
          const latest = { ...keyframe, trackId };
          pool ??= new TemplatePool(latest);
          tracks.set(keyframe.trackId, { trackId, pool, latest });
          subscriber.next({ kind: 'template', template: pool.add(latest) });
        },
      });
    });
}

import { Observable, type OperatorFunction } from 'rxjs';
import type { Clock } from '../domain/clock.ts';
import type { FusedKeyframe, TrackEvent } from '../domain/keyframe.ts';
import { subscribeToSource } from './subscribe-to-source.ts';

interface Known {
  readonly cameraId: string;
  readonly startedAt: number;
  endedAt: number;
  hits: number;
  /** Monotonic. */
  heardAt: number;
}

/** Tracks that are remembered at once, at most; the one heard of longest ago is forgotten. */
const mostTracks = 1_024;

/**
 * Ends tracks of which nothing has come for `silence` milliseconds. Whoever followed them is gone
 * and cannot say so; without an end they would count as in view for ever.
 */
export function endSilentTracks(options: {
  readonly clock: Pick<Clock, 'monotonic' | 'after'>;
  readonly silence: number;
}): OperatorFunction<TrackEvent<FusedKeyframe>, TrackEvent<FusedKeyframe>> {
  const { clock, silence } = options;
  return (source) =>
    new Observable((subscriber) => {
      const tracks = new Map<string, Known>();
      let cancel: () => void = () => undefined;
      subscriber.add(() => {
        cancel();
        tracks.clear();
      });

      function heard(trackId: string, cameraId: string, at: number, isHit: boolean): void {
        const known = tracks.get(trackId) ?? {
          cameraId,
          startedAt: at,
          endedAt: at,
          hits: 0,
          heardAt: 0,
        };
        known.endedAt = Math.max(known.endedAt, at);
        known.hits += isHit ? 1 : 0;
        known.heardAt = clock.monotonic();
        tracks.delete(trackId);
        tracks.set(trackId, known);
        const [oldest] = tracks.keys();
        if (tracks.size > mostTracks && oldest !== undefined) end(oldest);
      }

      function end(trackId: string): void {
        const known = tracks.get(trackId);
        if (known === undefined) return;
        tracks.delete(trackId);
        const { cameraId, startedAt, endedAt, hits } = known;
        const track = { cameraId, trackId, startedAt, endedAt, hits };
        subscriber.next({ kind: 'ended', track });
      }

      function look(): void {
        const now = clock.monotonic();
        for (const [trackId, { heardAt }] of [...tracks])
          if (now - heardAt >= silence) end(trackId);
        cancel = clock.after(silence / 4, look);
      }

      cancel = clock.after(silence / 4, look);
      subscribeToSource(source, subscriber, {
        next(event) {
          if (event.kind === 'keyframe') {
            const { trackId, cameraId, capturedAt } = event.keyframe;
            heard(trackId, cameraId, capturedAt, true);
          } else if (event.kind === 'seen') {
            const { trackId, cameraId, at } = event.seen;
            heard(trackId, cameraId, at, false);
          } else tracks.delete(event.track.trackId);
          subscriber.next(event);
        },
      });
    });
}

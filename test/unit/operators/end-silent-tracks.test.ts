import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Subject } from 'rxjs';
import type { FusedKeyframe, TrackEvent } from '../../../src/domain/keyframe.ts';
import { endSilentTracks } from '../../../src/operators/end-silent-tracks.ts';
import { remoteKeyframe } from '../../support/cluster/remote-keyframe.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('endSilentTracks', () => {
  it('ends a track of which nothing comes any more, once, and lets all else through', () => {
    const clock = new FakeClock();
    const source = new Subject<TrackEvent<FusedKeyframe>>();
    const heard: TrackEvent<FusedKeyframe>[] = [];
    const subscription = source
      .pipe(endSilentTracks({ clock, silence: 8_000 }))
      .subscribe((event) => heard.push(event));
    source.next({ kind: 'keyframe', keyframe: remoteKeyframe({ trackId: 'a', capturedAt: 5 }) });
    source.next({ kind: 'keyframe', keyframe: remoteKeyframe({ trackId: 'b', capturedAt: 6 }) });
    const place = { x: 0, y: 0, width: 1, height: 1 };
    clock.advance(6_000);
    source.next({ kind: 'seen', seen: { cameraId: 'door', trackId: 'a', at: 9, place } });
    clock.advance(4_000);
    assert.deepEqual(
      heard.filter(({ kind }) => kind === 'ended'),
      [
        {
          kind: 'ended',
          track: { cameraId: 'door', trackId: 'b', startedAt: 6, endedAt: 6, hits: 1 },
        },
      ],
    );
    clock.advance(10_000);
    assert.deepEqual(heard.at(-1), {
      kind: 'ended',
      track: { cameraId: 'door', trackId: 'a', startedAt: 5, endedAt: 9, hits: 1 },
    });
    const count = heard.length;
    clock.advance(60_000);
    assert.equal(heard.length, count);
    subscription.unsubscribe();
    assert.equal(clock.pending, 0);
  });
});

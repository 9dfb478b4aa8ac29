import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LiveEvents } from '../../../src/app/live-events.ts';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import type { EndedTrack } from '../../../src/domain/track.ts';
import { gradedFace, qualityOf } from '../../support/marbles-faces.ts';

/** Live events of one camera, and what clients are sent of them, in words. */
function watched() {
  const live = new LiveEvents();
  const sent: string[] = [];
  live.detections$.subscribe(({ faces }) =>
    sent.push(`boxes ${faces.map(({ trackId }) => trackId)}`),
  );
  live.tracks$.subscribe(({ phase, trackId, startedAt, endedAt, hits }) =>
    sent.push(`${phase} ${trackId} ${startedAt}-${endedAt} ${hits}`),
  );
  let hits = 0;
  return {
    live,
    sent,
    frame(at: number) {
      hits += 1;
      const frame = { cameraId: 'cam', sequence: at, capturedAt: at, width: 64, height: 48 };
      live.frame(frame as Frame, [{ ...gradedFace('t', qualityOf(60)), hits }]);
    },
  };
}

const ended = (changes: Partial<EndedTrack>): EndedTrack => ({
  ...{ cameraId: 'cam', trackId: 't', startedAt: 1, endedAt: 2, hits: 2 },
  ...changes,
});

it('boxes, begin and end have the id under which a split track goes on', () => {
  const { live, sent, frame } = watched();
  frame(1);
  frame(2);
  frame(3);
  live.split({ trackerId: 't', ended: ended({}), trackId: 'u', startedAt: 3 });
  frame(4);
  live.split({
    trackerId: 't',
    ended: ended({ trackId: 'u', startedAt: 3, endedAt: 3, hits: 1 }),
    trackId: 'v',
    startedAt: 4,
  });
  frame(5);
  live.ended(ended({ endedAt: 5, hits: 5 }));
  assert.deepEqual(sent, [
    'started t 1-1 1',
    'boxes t',
    'boxes t',
    'boxes t',
    'ended t 1-2 3',
    'started u 3-3 1',
    'boxes u',
    'ended u 3-3 2',
    'started v 4-4 1',
    'boxes v',
    'ended v 4-5 2',
  ]);
});

it('a track that is split after it left the view still begins and ends', () => {
  const { live, sent, frame } = watched();
  frame(1);
  live.ended(ended({ endedAt: 1, hits: 1 }));
  live.split({ trackerId: 't', ended: ended({}), trackId: 'u', startedAt: 1 });
  assert.deepEqual(sent.slice(2), ['ended t 1-1 1', 'started u 1-1 1', 'ended u 1-1 1']);
});

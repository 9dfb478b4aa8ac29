import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { concatMap, delay, from, lastValueFrom, type Observable, of, tap } from 'rxjs';
import type { DetectedFrame } from '../../../src/domain/detection.ts';
import { Frame } from '../../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import type { Picture } from '../../../src/domain/frame/picture.ts';
import { isAnotherShot, type SceneLook, sceneLook } from '../../../src/operators/shot-change.ts';
import { track } from '../../../src/operators/track.ts';
import { detectedFace } from '../../support/marbles-faces.ts';

/** A pattern of fields, and what it looks like with other light on it. */
const pattern = (seed: number, gain = 1, offset = 0): Uint8Array =>
  Uint8Array.from({ length: 16 * 9 * 3 }, (_, at) => {
    const value = (Math.imul(Math.floor(at / 3) * seed + seed, 2654435761) >>> 25) * gain + offset;
    return Math.min(255, value);
  });

async function lookOf(data: Uint8Array): Promise<SceneLook | null> {
  const picture = { rgb: async () => ({ width: 16, height: 9, data }) };
  return sceneLook({ picture } as never);
}

/** Nobody reads it. */
function testPicture(): Picture {
  const unread = () => Promise.reject(new Error('not to be read'));
  return {
    width: 64,
    height: 48,
    rgb: unread,
    luma: unread,
    jpeg: unread,
    dispose: () => undefined,
  };
}

describe('sceneLook', () => {
  it('tells a cut from another light on the same scene', async () => {
    const before = await lookOf(pattern(3));
    assert.ok(before);
    assert.equal(isAnotherShot(before, await lookOf(pattern(3, 0.5, 60))), false);
    assert.equal(isAnotherShot(before, await lookOf(pattern(7))), true);
    assert.equal(isAnotherShot(null, before), false);
  });

  it('says nothing of a picture without a pattern', async () => {
    assert.equal(await lookOf(new Uint8Array(16 * 9 * 3).fill(40)), null);
  });
});

describe('track, where the shot changes', () => {
  it('ends all tracks: the face in the same place is somebody else', async () => {
    const ledger = new FrameLedger();
    const shots: (SceneLook | null)[] = [
      Float32Array.of(1, 0),
      Float32Array.of(0.9, 0.1),
      null,
      Float32Array.of(0, 1),
      Float32Array.of(0.1, 0.9),
    ];
    const frames = shots.map((_, sequence) =>
      Frame.create({
        cameraId: 'cam',
        sequence,
        mediaTime: 200 * sequence,
        capturedAt: 200 * sequence,
        capturedMonotonic: 200 * sequence,
        picture: testPicture(),
        ledger,
      }),
    );
    let ids = 0;
    const events: string[] = [];
    const face = detectedFace({ x: 20, y: 20 });
    await lastValueFrom(
      from(frames).pipe(
        concatMap(
          (frame): Observable<DetectedFrame> => of({ frame, faces: [face] }).pipe(delay(2)),
        ),
        track({
          cameraId: 'cam',
          createTrackId: () => `t${ids++}`,
          scene: async ({ sequence }) => shots[sequence] ?? null,
        }),
        tap(({ frame, faces, ended }) => {
          for (const { trackId } of ended) events.push(`${trackId} ended`);
          for (const { trackId } of faces) events.push(trackId);
          frame?.[Symbol.dispose]();
        }),
      ),
    );
    assert.deepEqual(events, ['t0', 't0', 't0', 't0 ended', 't1', 't1', 't1 ended']);
    assert.equal(ledger.live, 0);
  });
});

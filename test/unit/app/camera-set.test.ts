import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { delay, EMPTY, endWith, map, NEVER, Subject } from 'rxjs';
import { CameraSet, type WantedCamera } from '../../../src/app/camera-set.ts';
import type { Frame } from '../../../src/domain/frame/frame.ts';
import type { RaisedAlert } from '../../../src/domain/raised-alert.ts';
import { openScene } from '../../support/watched-frame.ts';

function scene() {
  let open = 0;
  let most = 0;
  const closings: (() => void)[] = [];
  const wanted = (key: string): WantedCamera => ({
    id: 'gate',
    name: 'Gate',
    key,
    scene: openScene,
    open() {
      open += 1;
      most = Math.max(most, open);
      return {
        frames$: NEVER,
        status$: EMPTY,
        preview: null,
        close: () =>
          new Promise<void>((resolve) => {
            closings.push(() => {
              open -= 1;
              resolve();
            });
          }),
      };
    },
  });
  const cameras = new CameraSet({
    analyse: () => NEVER,
    onStatus: () => undefined,
    onRaised: () => undefined,
    onGone: () => undefined,
    onFault: () => undefined,
    drain: 0,
  });
  /** Lets closings finish as they come, until `work` is done. */
  const settle = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    finished.catch(() => undefined);
    while (!done) {
      for (const close of closings.splice(0)) close();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return finished;
  };
  return { cameras, wanted, settle, counts: () => ({ open, most }) };
}

describe('camera set', () => {
  it('opens a camera once when two reloads come at once', async () => {
    const { cameras, wanted, settle, counts } = scene();
    await cameras.apply([wanted('1')]);
    await settle(Promise.all([cameras.apply([wanted('2')]), cameras.apply([wanted('3')])]));
    assert.deepEqual(counts(), { open: 1, most: 1 });
    assert.deepEqual(
      cameras.list().map((camera) => camera.wanted.key),
      ['3'],
    );
    await settle(cameras.close());
    assert.equal(counts().open, 0);
  });

  it('opens nothing any more when it is closed in the middle of a reload', async () => {
    const { cameras, wanted, settle, counts } = scene();
    await cameras.apply([wanted('1')]);
    const reload = cameras.apply([wanted('2')]);
    const refused = assert.rejects(reload, TypeError);
    await new Promise((resolve) => setImmediate(resolve));
    await settle(cameras.close());
    await refused;
    assert.equal(counts().open, 0);
  });

  it('finishes what is under way when it closes', async () => {
    const frames$ = new Subject<Frame>();
    const raised: unknown[] = [];
    const cameras = new CameraSet({
      // A frame on its way, and what the end of the frames flushes.
      analyse: (frames) =>
        frames.pipe(
          map(() => 'under way'),
          delay(20),
          endWith('flushed'),
        ) as never,
      onStatus: () => undefined,
      onRaised: (alert: RaisedAlert) => raised.push(alert),
      onGone: () => undefined,
      onFault: () => undefined,
    });
    await cameras.apply([
      {
        id: 'gate',
        name: 'Gate',
        key: '1',
        scene: openScene,
        open: () => ({
          frames$,
          status$: EMPTY,
          preview: null,
          close: async () => frames$.complete(),
        }),
      },
    ]);
    frames$.next({} as Frame);
    await cameras.close();
    assert.deepEqual(raised, ['under way', 'flushed']);
  });
});

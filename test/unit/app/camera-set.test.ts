import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { delay, EMPTY, endWith, map, NEVER, Observable, Subject } from 'rxjs';
import { CameraSet, type OpenCamera, type WantedCamera } from '../../../src/app/camera-set.ts';
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
        reschedule: () => undefined,
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
          reschedule: () => undefined,
          close: async () => frames$.complete(),
        }),
      },
    ]);
    frames$.next({} as Frame);
    await cameras.close();
    assert.deepEqual(raised, ['under way', 'flushed']);
  });

  it('analyses by other settings without opening the camera again, and ends what is under way', async () => {
    const frames$ = new Subject<Frame>();
    const raised: unknown[] = [];
    const rescheduled: unknown[] = [];
    const quiets: unknown[] = [];
    let opened = 0;
    const cameras = new CameraSet({
      analyse: (frames, { scene: { zones }, quiet }) => {
        quiets.push(quiet?.lookEvery);
        const name = zones[0]?.name ?? 'everywhere';
        return frames.pipe(
          map(() => name),
          delay(20),
          endWith(`${name} ended`),
        ) as never;
      },
      onStatus: () => undefined,
      onRaised: (alert: RaisedAlert) => raised.push(alert),
      onGone: () => undefined,
      onFault: () => undefined,
    });
    const open = (): OpenCamera => {
      opened += 1;
      return {
        frames$,
        status$: EMPTY,
        preview: null,
        reschedule: (schedule) => rescheduled.push(schedule),
        close: async () => frames$.complete(),
      };
    };
    const camera: WantedCamera = { id: 'gate', name: 'Gate', key: '1', scene: openScene, open };
    await cameras.apply([camera]);
    frames$.next({} as Frame);
    const zones = [{ name: 'door', points: [], by: 'face' as const }];
    const motion = { ...openScene.motion, enabled: true, rest: true, lookEvery: 500 };
    const changed = { ...camera, scene: { ...openScene, zones, motion } };
    assert.deepEqual((await cameras.apply([changed])).changed, ['gate']);
    assert.deepEqual(cameras.list()[0]?.wanted.scene.zones, zones);
    frames$.next({} as Frame);
    const schedule = { timeZone: 'UTC', times: [], connected: true };
    const scheduled = { ...changed, name: 'Door', scene: { ...changed.scene, schedule } };
    assert.deepEqual((await cameras.apply([scheduled])).changed, ['gate']);
    assert.deepEqual((await cameras.apply([scheduled])).changed, []);
    assert.deepEqual(rescheduled, [schedule]);
    assert.equal(cameras.list()[0]?.wanted.name, 'Door');
    await cameras.close();
    assert.deepEqual(raised.toSorted(), ['door', 'door ended', 'everywhere', 'everywhere ended']);
    assert.deepEqual(quiets, [null, 500]);
    assert.equal(opened, 1);
  });

  it('analyses by another denoiser without opening the camera again', async () => {
    const denoisers: unknown[] = [];
    let opened = 0;
    const cameras = new CameraSet({
      analyse: (_, { denoiser }) => {
        denoisers.push(denoiser);
        return NEVER;
      },
      onStatus: () => undefined,
      onRaised: () => undefined,
      onGone: () => undefined,
      onFault: () => undefined,
      drain: 0,
    });
    const open = (): OpenCamera => {
      opened += 1;
      return {
        ...{ frames$: NEVER, status$: EMPTY, preview: null },
        reschedule: () => undefined,
        close: async () => undefined,
      };
    };
    const camera: WantedCamera = { id: 'gate', name: 'Gate', key: '1', scene: openScene, open };
    await cameras.apply([camera]);
    const changed = { ...camera, denoiser: 'denoise-gate' };
    assert.deepEqual((await cameras.apply([changed])).changed, ['gate']);
    assert.deepEqual((await cameras.apply([changed])).changed, []);
    await cameras.close();
    assert.deepEqual(denoisers, [null, 'denoise-gate']);
    assert.equal(opened, 1);
  });

  it('gives the frames to the new analysis where the old one failed and waits', async () => {
    const frames$ = new Subject<Frame>();
    const seen: string[] = [];
    let takers = 0;
    let failures = 0;
    const cameras = new CameraSet({
      analyse: (frames, { scene: { zones } }) =>
        frames.pipe(
          map(() => {
            if (zones.length === 0) throw new Error('broken');
            seen.push('new');
          }),
        ) as never,
      onStatus: () => undefined,
      onRaised: () => undefined,
      onGone: () => undefined,
      onFault: () => (failures += 1),
    });
    const owned$ = new Observable<Frame>((subscriber) => {
      takers += 1;
      assert.equal(takers, 1, 'frames have one owner');
      const subscription = frames$.subscribe(subscriber);
      subscription.add(() => (takers -= 1));
      return subscription;
    });
    const camera: WantedCamera = {
      id: 'gate',
      name: 'Gate',
      key: '1',
      scene: openScene,
      open: () => ({
        frames$: owned$,
        status$: EMPTY,
        preview: null,
        reschedule: () => undefined,
        close: async () => frames$.complete(),
      }),
    };
    await cameras.apply([camera]);
    frames$.next({} as Frame);
    assert.equal(failures, 1);
    const zones = [{ name: 'door', points: [], by: 'face' as const }];
    await cameras.apply([{ ...camera, scene: { ...openScene, zones } }]);
    frames$.next({} as Frame);
    // The old one starts again after a second, and finds that it has been replaced.
    await setTimeout(1_200);
    frames$.next({} as Frame);
    assert.deepEqual(seen, ['new', 'new']);
    assert.equal(failures, 1);
    await cameras.close();
    assert.equal(takers, 0);
  });
});

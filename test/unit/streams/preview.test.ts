import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createPreview } from '../../../src/streams/preview/preview.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('preview', () => {
  it('outlives a system that can start no program, and gives up after three attempts', async (t) => {
    const children: EventEmitter[] = [];
    // As Node does when there are no file descriptors left: no pipes now, the error a little later.
    t.mock.method(childProcess, 'spawn', () => {
      const child = new EventEmitter();
      children.push(child);
      process.nextTick(() => child.emit('error', new Error('spawn EMFILE')));
      return child;
    });
    const clock = new FakeClock();
    const preview = createPreview({
      cameraId: 'gate',
      passThrough: true,
      clock,
      ffmpegPath: process.execPath,
      view: { rotate: 0, mirror: false, masks: [] },
      feed: {
        attach(sink) {
          sink.video({ codec: 'h264', width: 640, height: 360, isPlain: true });
          return () => undefined;
        },
      },
    });
    const ended = Promise.withResolvers<unknown>();
    preview.watch(() => undefined, ended.resolve);
    for (const attempt of [1, 2, 3]) {
      assert.equal(children.length, attempt);
      await setImmediate();
      clock.advance(1000);
    }
    assert.equal(((await ended.promise) as { code: string }).code, 'PREVIEW_UNAVAILABLE');
    await preview.close();
  });
});

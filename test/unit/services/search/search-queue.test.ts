import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import type { ListMatch, Probe } from '../../../../src/domain/match.ts';
import type { SearchRequest } from '../../../../src/services/search/gallery.ts';
import { SearchQueue } from '../../../../src/services/search/search-queue.ts';
import { listMatch } from '../../../support/marbles-faces.ts';

const probe = (score: number): Probe => ({
  model: 'm',
  fused: Float32Array.of(score),
  raw: Float32Array.of(score),
  enhanced: null,
});
const answer = ({ fused }: Probe): readonly ListMatch[] => [listMatch(fused[0])];

/** A gallery that stops twice in each pass, and what was asked of it. */
function setUp(options: { bytes?: number; capacity?: number; fault?: Error } = {}) {
  const passes: number[] = [];
  const pauses: PromiseWithResolvers<void>[] = [];
  const queue = new SearchQueue({
    gallery: {
      bytes: () => options.bytes ?? 1000,
      search: answer,
      *searchAll(requests: readonly SearchRequest[]) {
        passes.push(requests.length);
        yield;
        if (options.fault) throw options.fault;
        yield;
        return requests.map((request) => answer(request.probe));
      },
    },
    bytesAtOnce: 100,
    capacity: options.capacity ?? 10,
    pause() {
      const pause = Promise.withResolvers<void>();
      pauses.push(pause);
      return pause.promise;
    },
  });
  const goOn = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) {
      pauses.shift()?.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { queue, passes, pauses, goOn };
}

describe('SearchQueue', () => {
  it('searches small lists at once', () => {
    const { queue, passes } = setUp({ bytes: 100 });
    assert.deepEqual(queue.search(probe(0.5), 'gate'), answer(probe(0.5)));
    assert.deepEqual(passes, []);
  });

  it('lets others work in between, and takes what came meanwhile in one pass', async () => {
    const { queue, passes, pauses, goOn } = setUp();
    const first = queue.search(probe(0.25), 'gate');
    assert.ok(first instanceof Promise);
    assert.equal(pauses.length, 1);
    const later = [0.5, 0.75, 1].map((score) => queue.search(probe(score), 'gate'));
    await goOn();
    assert.deepEqual(await first, answer(probe(0.25)));
    assert.deepEqual(
      await Promise.all(later),
      [0.5, 0.75, 1].map((score) => answer(probe(score))),
    );
    assert.deepEqual(passes, [1, 3]);
  });

  it('refuses more than it can hold', async () => {
    const { queue, goOn } = setUp({ capacity: 2 });
    const held = [1, 2, 3].map(() => queue.search(probe(1), 'gate'));
    assert.throws(
      () => queue.search(probe(1), 'gate'),
      (error) => isNightglassError(error, 'GALLERY_OVERLOADED'),
    );
    await goOn();
    await Promise.all(held);
  });

  it('gives a failure to all who share the pass, and goes on', async () => {
    const fault = new Error('damaged');
    const { queue, passes, goOn } = setUp({ fault });
    const first = Promise.resolve(queue.search(probe(1), 'gate'));
    const second = Promise.resolve(queue.search(probe(1), 'gate'));
    const failed = Promise.all([assert.rejects(first, fault), assert.rejects(second, fault)]);
    await goOn();
    await failed;
    assert.deepEqual(passes, [1, 1]);
  });

  it('rejects what waits and what is under way when it is closed', async () => {
    const { queue, goOn } = setUp();
    const held = [1, 2].map(() => Promise.resolve(queue.search(probe(1), 'gate')));
    const failed = Promise.all(
      held.map((each) => assert.rejects(each, (e) => isNightglassError(e, 'GALLERY_CLOSED'))),
    );
    queue[Symbol.dispose]();
    queue[Symbol.dispose]();
    await goOn();
    await failed;
    assert.throws(
      () => queue.search(probe(1), 'gate'),
      (error) => isNightglassError(error, 'GALLERY_CLOSED'),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceBounds } from '../../../../src/domain/bounds.ts';
import type { CaseWatch } from '../../../../src/services/evidence/case-progress.ts';
import { ExportJobs } from '../../../../src/services/evidence/export-jobs.ts';
import type { ExportedCase } from '../../../../src/services/evidence/seal-case.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const order = { alertIds: ['a'], by: { name: 'ann' } };

function opened() {
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const runs: (CaseWatch & { end: (made?: ExportedCase, error?: unknown) => void })[] = [];
  let returned = 0;
  const jobs = new ExportJobs(
    (_order, watch) =>
      new Promise((resolve, reject) => {
        const end = (made?: ExportedCase, error?: unknown) =>
          made === undefined ? reject(error) : resolve(made);
        runs.push({ ...watch, end });
      }),
    clock,
    (error) => faults.push(error),
  );
  const made = (): ExportedCase => ({
    manifest: { caseId: 'case' } as ExportedCase['manifest'],
    bytes: {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: true, value: undefined }),
        return: async () => {
          returned += 1;
          return { done: true, value: undefined };
        },
      }),
    },
  });
  return { clock, jobs, runs, faults, made, returned: () => returned };
}

const settled = () => new Promise(setImmediate);

describe('exports that are watched', () => {
  it('live while somebody asks after them, and are given up after that', async () => {
    const { clock, jobs, runs, made, returned } = opened();
    const { id } = jobs.start(order);
    for (let round = 0; round < 3; round += 1) {
      clock.advance(evidenceBounds.unwatchedMs - 1);
      assert.equal(jobs.find(id, 'ann')?.progress.state, 'running');
    }
    assert.equal(jobs.find(id, 'bob'), undefined);
    clock.advance(evidenceBounds.unwatchedMs);
    assert.equal(jobs.find(id, 'ann'), undefined);
    assert.equal(runs[0]?.signal?.aborted, true);
    // What it made all the same is given back.
    runs[0]?.end(made());
    await settled();
    assert.equal(returned(), 1);

    const ready = jobs.start(order);
    runs[1]?.end(made());
    await settled();
    assert.equal(jobs.find(ready.id, 'ann')?.progress.state, 'ready');
    clock.advance(evidenceBounds.unwatchedMs);
    await settled();
    assert.equal(returned(), 2);
    assert.equal(jobs.take(ready.id, 'ann'), undefined);
    assert.equal(clock.pending, 0);
  });

  it('say how long their step goes on', () => {
    const { clock, jobs, runs } = opened();
    const { id } = jobs.start(order);
    const left = () => {
      const progress = jobs.find(id, 'ann')?.progress;
      return progress?.state === 'running' ? progress.secondsLeft : assert.fail();
    };
    assert.equal(left(), null);
    const tell = (share: number) =>
      runs[0]?.onProgress?.({ step: 'clips', done: 0, total: 4, share });
    tell(0);
    assert.equal(left(), null);
    clock.advance(30_000);
    tell(0.25);
    assert.equal(left(), 90);
    clock.advance(30_000);
    tell(0.75);
    assert.equal(left(), 20);
  });

  it('tell of faults that are not those of the one who asked, and end together', async () => {
    const { clock, jobs, runs, faults } = opened();
    const { id } = jobs.start(order);
    const fault = new Error('no disk');
    runs[0]?.end(undefined, fault);
    await settled();
    assert.deepEqual([faults, jobs.find(id, 'ann')?.progress.state], [[fault], 'failed']);
    jobs.start(order);
    jobs.close();
    jobs.close();
    runs[1]?.end(undefined, new Error('given up'));
    await settled();
    assert.deepEqual([faults.length, clock.pending], [1, 0]);
  });

  it('are so many and no more', () => {
    const { jobs } = opened();
    for (let number = 0; number < evidenceBounds.jobs; number += 1) jobs.start(order);
    assert.throws(() => jobs.start(order), { code: 'BUSY' });
  });
});

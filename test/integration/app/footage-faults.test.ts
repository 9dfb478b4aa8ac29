import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { FootageRun } from '../../../src/app/footage-run.ts';
import { footageBounds } from '../../../src/domain/bounds.ts';
import { createInference, type Inference } from '../../../src/inference/inference.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { fillToTheLast, openFootageJobs } from '../../support/footage/footage-jobs.ts';
import { testManifest } from '../../support/live/demo-footage.ts';

const isOver = ({ state }: { state: string }) => ['done', 'failed'].includes(state);

describe('a search of footage in the program, when something fails', { timeout: 300_000 }, () => {
  let inference: Inference;
  before(async () => {
    inference = await createInference({ manifestPath: testManifest, requestTimeout: 60_000 });
  });
  after(() => inference.close());

  it('waits while the disk is full, says so, and ends once it is free', async (t) => {
    const jobs = await openFootageJobs(t, inference);
    const { audit, queue, store } = jobs;
    const path = await jobs.record('1.mkv');
    let free: (() => void) | undefined;
    queue.onChange(() => {
      const [job] = queue.running();
      // Its files are hashed and on record: all that comes now finds the disk full.
      if (job?.files[0]?.sha256 != null) free ??= fillToTheLast(store, audit);
    });
    const runner = jobs.startRunner();
    const id = await jobs.ask([path]);
    while (runner.problems().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    // It is tried more often than what else may pass.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [problem] = runner.problems();
    assert.equal(problem?.code, 'FOOTAGE_STALLED');
    assert.match(problem.message, new RegExp(id));
    assert.equal(queue.get(id).state, 'running');
    free?.();
    const { failure, seconds, state } = await jobs.until(id, isOver);
    assert.deepEqual([state, failure, runner.problems()], ['done', null, []]);
    assert.ok(Math.abs(seconds - 16) < 1, `${seconds} s count once`);
  });

  it('goes on where it was when a place that it was to record could not be', async (t) => {
    const jobs = await openFootageJobs(t, inference);
    const { dataDir, queue } = jobs;
    const path = await jobs.record('long.mkv', 8);
    const runner = jobs.startRunner();
    const id = await jobs.ask([path]);
    await jobs.until(id, ({ seconds }) => seconds > 0);
    {
      // Another writer that does not let go is refused as a folder is that takes no writes.
      using other = new DatabaseSync(join(dataDir, 'nightglass.db'));
      other.exec('BEGIN IMMEDIATE');
      while (runner.problems().length === 0) {
        assert.equal(queue.get(id).state, 'running');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      other.exec('ROLLBACK');
    }
    const { failure, seconds, state } = await jobs.until(id, isOver);
    assert.deepEqual([state, failure, runner.problems()], ['done', null, []]);
    assert.ok(Math.abs(seconds - 128) < 1, `${seconds} s count once`);
  });

  it('begins at the start what cannot be put on record yet, once it can', async (t) => {
    const jobs = await openFootageJobs(t, inference);
    const { audit, queue, store } = jobs;
    const id = await jobs.ask([await jobs.record('1.mkv')]);
    queue.begin(id);
    // The program ended here. Now the disk is full.
    const free = fillToTheLast(store, audit);
    const runner = jobs.startRunner();
    assert.deepEqual(
      [queue.get(id).state, runner.problems().map(({ code }) => code)],
      ['running', ['FOOTAGE_STALLED']],
    );
    free();
    assert.equal((await jobs.until(id, isOver)).state, 'done');
  });

  it('goes on after each orderly end, however many they are', async (t) => {
    const jobs = await openFootageJobs(t, inference);
    const id = await jobs.ask([await jobs.record('1.mkv')]);
    for (let times = 0; times < footageBounds.crashes + 1; times += 1) {
      const runner = jobs.startRunner();
      assert.deepEqual([jobs.queue.get(id).state, jobs.queue.get(id).seconds], ['running', 0]);
      await runner.close();
    }
    jobs.startRunner();
    assert.equal((await jobs.until(id, isOver)).state, 'done');
  });

  it('leaves out what is gone or another file when its turn comes, and searches the rest', async (t) => {
    const jobs = await openFootageJobs(t, inference);
    const { audit, folder, queue } = jobs;
    for (const name of ['1.mkv', '2.mkv', '3.mkv', '4.mkv']) await jobs.record(name);
    let begun = false;
    queue.onChange(() => {
      const [job] = queue.running();
      // All are hashed, and none is open yet.
      if (begun || job?.files[0]?.sha256 == null) return;
      begun = true;
      rmSync(join(folder, '2.mkv'));
      copyFileSync(join(folder, '4.mkv'), join(folder, 'other.mkv'));
      renameSync(join(folder, 'other.mkv'), join(folder, '3.mkv'));
    });
    jobs.startRunner();
    const id = await jobs.ask([folder]);
    const { failure, files, seconds, state } = await jobs.until(id, isOver);
    assert.deepEqual([state, failure], ['done', null]);
    assert.deepEqual(
      files.map((file) => file.failure ?? 'read'),
      ['read', 'STREAM_UNREACHABLE', 'CONFLICT', 'read'],
    );
    assert.ok(Math.abs(seconds - 32) < 1, `${seconds} s`);
    const left = audit
      .list()
      .filter(({ what, target }) => what === 'footage.file_left_out' && target === id);
    assert.equal(left.length, 2);
    const told = left.map(({ detail }) => {
      const { path, code } = detail as { path: string; code: string };
      return [basename(path), code];
    });
    assert.deepEqual(told.sort(), [
      ['2.mkv', 'STREAM_UNREACHABLE'],
      ['3.mkv', 'CONFLICT'],
    ]);
  });

  it('goes on without a file that changed while it rested, and fails where none is left', async (t) => {
    const jobs = await openFootageJobs(t, inference);
    const { folder, queue } = jobs;
    await jobs.record('1.mkv', 8);
    await jobs.record('2.mkv');
    jobs.startRunner();
    const id = await jobs.ask([folder]);
    await jobs.until(id, ({ seconds }) => seconds > 0);
    queue.pause(id, { name: 'ann' });
    appendFileSync(join(folder, '1.mkv'), 'more');
    queue.resume(id, { name: 'ann' });
    const job = await jobs.until(id, isOver);
    assert.deepEqual(
      [job.state, ...job.files.map((file) => file.failure)],
      ['done', 'CONFLICT', undefined],
    );
    await jobs.record('3.mkv');
    const alone = await jobs.ask([join(folder, '3.mkv')]);
    queue.pause(alone, { name: 'ann' });
    rmSync(join(folder, '3.mkv'));
    queue.resume(alone, { name: 'ann' });
    const failed = await jobs.until(alone, isOver);
    assert.deepEqual([failed.state, failed.failure?.code], ['failed', 'STREAM_UNREACHABLE']);
  });

  it('is said to stand still after ten minutes in which nothing was read', async (t) => {
    const { ask, options, queue, record } = await openFootageJobs(t, inference);
    const clock = new FakeClock();
    const minutes = (count: number) => clock.monotonic() + count * 60_000;
    const stop = new AbortController();
    const runOf = async (path: string) =>
      new FootageRun(
        queue.get(await ask([path])),
        { ...options, clock },
        stop.signal,
        () => undefined,
      );
    const small = await runOf(await record('1.mkv'));
    const path = await record('2.mkv');
    // A hole that takes longer to be hashed than the test does.
    truncateSync(path, 2 ** 36);
    const large = await runOf(path);
    assert.deepEqual(
      [small.stalledFor(minutes(10)), small.stalledFor(minutes(11))],
      [null, 11 * 60_000],
    );
    // As soon as its file is read it has got further.
    clock.advance(20 * 60_000);
    const searched = small.search();
    while (small.progress().phase === 'reading') await new Promise((done) => setTimeout(done, 5));
    assert.equal(small.stalledFor(minutes(9)), null);
    await searched;
    // And so it has while a large one is read.
    clock.advance(20 * 60_000);
    assert.notEqual(large.stalledFor(minutes(0)), null);
    const reading = large.search();
    while (large.stalledFor(minutes(9)) !== null) await new Promise((done) => setTimeout(done, 5));
    assert.equal(large.progress().phase, 'reading');
    stop.abort();
    await reading;
  });
});

import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { examineFile } from '../../../src/app/examine-footage.ts';
import { footageBounds } from '../../../src/domain/bounds.ts';
import { DiskWaits } from '../../../src/streams/recorded/disk-waits.ts';
import { FootageRoots } from '../../../src/streams/recorded/footage-roots.ts';
import { matroskaFile } from '../../support/demo/matroska-file.ts';
import { testFootage } from '../../support/demo/test-footage.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

/** A recording with a hole behind it that takes longer to read than a test does. */
async function longRecording(t: TestContext) {
  const folder = temporaryFolder(t);
  const path = join(folder, '1.mkv');
  await writeFile(path, matroskaFile(await testFootage({ count: 10 })));
  truncateSync(path, 2 ** 36);
  const file = { path, bytes: (await stat(path)).size, sha256: null };
  const clock = new FakeClock();
  const waits = new DiskWaits(clock);
  const places = new FootageRoots([folder], clock, waits);
  /** Examines it; `begun` is fulfilled when it is being read. */
  const examined = (signal = new AbortController().signal) => {
    const { promise: begun, resolve: onAlive } = Promise.withResolvers<void>();
    return { begun, ended: examineFile(file, { places, waits, signal, onAlive }) };
  };
  return { clock, examined, file, waits };
}

describe('reading a file before it is searched', () => {
  it('leaves out one whose disk is silent for a minute', async (t) => {
    const { clock, examined, file } = await longRecording(t);
    const { begun, ended } = examined();
    await begun;
    clock.advance(footageBounds.silenceMs);
    assert.deepEqual(await ended, { ...file, failure: 'STREAM_UNREACHABLE' });
    assert.equal(clock.pending, 0);
  });

  it('ends at once where the search is ended, with the file as it was', async (t) => {
    const { clock, examined, file } = await longRecording(t);
    const stop = new AbortController();
    const { begun, ended } = examined(stop.signal);
    await begun;
    stop.abort();
    assert.deepEqual(await ended, file);
    assert.equal(clock.pending, 0);
  });

  it('does not count files as unreadable while disks hang', async (t) => {
    const { clock, examined, waits } = await longRecording(t);
    const patience = { ms: 1, late: () => new Error('late') };
    const hanging = Array.from({ length: footageBounds.hanging }, () =>
      waits.within(patience, () => new Promise(() => undefined)),
    );
    clock.advance(1);
    for (const each of hanging) await assert.rejects(each, /late/);
    await assert.rejects(examined().ended, { code: 'BUSY' });
  });
});

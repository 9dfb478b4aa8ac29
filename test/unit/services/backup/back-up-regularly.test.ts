import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { BackupResult } from '../../../../src/domain/backup.ts';
import { dayMs } from '../../../../src/domain/bounds.ts';
import { NightglassError } from '../../../../src/domain/errors.ts';
import {
  backUpRegularly,
  type RegularBackupsOptions,
} from '../../../../src/services/backup/back-up-regularly.ts';
import { BackupNames } from '../../../../src/services/backup/backup-names.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { silentLog } from '../../../support/store/open-store.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';

const names = new BackupNames('0123456789abcdef');

function setUp(t: TestContext, changes: Partial<RegularBackupsOptions> = {}) {
  const folder = join(temporaryFolder(t), 'backups');
  const clock = new FakeClock(Date.UTC(2030, 0, 1, 8));
  const removed: string[] = [];
  const made: string[] = [];
  let fails = false;
  const options: RegularBackupsOptions = {
    ...{ folder, names, clock, everyMs: dayMs, keep: 3, keepForMs: 30 * dayMs },
    holds: () => false,
    log: silentLog,
    async make(file): Promise<BackupResult> {
      if (fails) throw new NightglassError('BACKUP_FAILED', 'Cannot write the backup: full');
      writeFileSync(file, 'backup');
      made.push(basename(file));
      return { file, bytes: 6, createdAt: '', files: 1, alerts: 0, signer: '' };
    },
    onRemoved: (name) => removed.push(name),
    ...changes,
  };
  const start = () => {
    const regular = backUpRegularly(options);
    t.after(() => regular.close());
    return regular;
  };
  return {
    ...{ folder, clock, removed, made, start },
    failing: (is: boolean) => {
      fails = is;
    },
    here: () => readdirSync(folder).sort(),
    /** Puts one there that a clock that ran ahead has made. */
    ahead(at: number): string {
      mkdirSync(folder, { recursive: true });
      const name = names.at(at);
      writeFileSync(join(folder, name), '');
      utimesSync(join(folder, name), at / 1000, at / 1000);
      return name;
    },
  };
}

/** Until the turn under way has ended: it waits for its next one then. */
async function settled(clock: FakeClock): Promise<void> {
  while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
}

describe('regular backups', () => {
  it('begin at once, and come when the newest is old enough, also across a restart', async (t) => {
    const { clock, made, start } = setUp(t);
    const first = start();
    await settled(clock);
    assert.deepEqual(made, ['nightglass-01234567-20300101T080000Z.age']);
    assert.equal(first.status().newestAt, clock.now());
    await first.close();
    clock.advance(dayMs / 2);
    start();
    await settled(clock);
    assert.equal(made.length, 1, 'half a day later the one before is new enough');
    clock.advance(dayMs / 2);
    await settled(clock);
    assert.equal(made.length, 2);
  });

  it('are kept by number, and the rest is said to be deleted', async (t) => {
    const { clock, removed, start, here } = setUp(t);
    const regular = start();
    await settled(clock);
    for (let day = 0; day < 4; day += 1) {
      clock.advance(dayMs);
      await settled(clock);
    }
    assert.equal(here().length, 3);
    assert.equal(regular.status().kept, 3);
    assert.deepEqual(removed, [
      'nightglass-01234567-20300101T080000Z.age',
      'nightglass-01234567-20300102T080000Z.age',
    ]);
  });

  it('are deleted by age, but for the newest, and not by a clock that is not believed', async (t) => {
    let held = true;
    const { clock, folder, start, here, failing } = setUp(t, { holds: () => held });
    mkdirSync(folder);
    const old = (day: number) => names.at(Date.UTC(2029, 0, day));
    for (const day of [1, 2]) writeFileSync(join(folder, old(day)), '');
    start();
    await settled(clock);
    assert.equal(here().length, 3);
    held = false;
    clock.advance(dayMs);
    await settled(clock);
    assert.deepEqual(here().length, 2, 'both of last year are gone');
    failing(true);
    rmSync(join(folder, names.at(clock.now())));
    clock.advance(60 * dayMs);
    await settled(clock);
    assert.equal(here().length, 1, 'the last one there is stays, however old');
  });

  it('leave alone what is not theirs, and remove what a killed program left', async (t) => {
    const { clock, folder, start, here } = setUp(t, { keep: 1 });
    mkdirSync(folder);
    const others = ['notes.txt', new BackupNames('ffffffff').at(0), 'nightglass-01234567-x.age'];
    for (const name of others) writeFileSync(join(folder, name), '');
    writeFileSync(join(folder, `${names.at(0)}.part`), '');
    start();
    await settled(clock);
    clock.advance(dayMs);
    await settled(clock);
    assert.deepEqual(here(), [...others, names.at(clock.now())].sort());
  });

  it('that fail say so, and are tried again soon', async (t) => {
    const { clock, made, start, failing } = setUp(t);
    failing(true);
    const regular = start();
    await settled(clock);
    assert.match(regular.status().fault ?? '', /full/);
    failing(false);
    clock.advance(10 * 60_000);
    await settled(clock);
    assert.equal(regular.status().fault, undefined);
    assert.equal(made.length, 1);
  });

  it('do not make the folder of a disk that is not mounted', async (t) => {
    const { clock, start } = setUp(t, { folder: '/nonexistent/disk/backups' });
    const regular = start();
    await settled(clock);
    assert.match(regular.status().fault ?? '', /Cannot use the folder of backups/);
  });

  it('made in the future, by a clock that was wrong, do not stop or remove those of today', async (t) => {
    const { clock, made, start, here, ahead } = setUp(t);
    const future = [1, 2, 3].map((day) => ahead(Date.UTC(2040, 0, day)));
    const regular = start();
    await settled(clock);
    assert.deepEqual(
      here(),
      [...made, ...future.slice(1)],
      'the new one stays, one of theirs goes',
    );
    assert.equal(regular.status().newestAt, clock.now());
    for (let day = 0; day < 2; day += 1) {
      clock.advance(dayMs);
      await settled(clock);
    }
    assert.deepEqual(here(), made);
    assert.equal(made.length, 3, 'one a day');
  });

  it('made in the future are kept no longer than others, also across a restart', async (t) => {
    const { clock, start, here, ahead } = setUp(t, { keep: 100 });
    const future = ahead(Date.UTC(2040, 0, 1));
    for (let day = 0; day <= 30; day += 1) {
      const regular = start();
      await settled(clock);
      assert.ok(here().includes(future), `day ${day}`);
      await regular.close();
      clock.advance(dayMs);
    }
    start();
    await settled(clock);
    assert.equal(here().includes(future), false);
  });

  it('that only a clock that fell back takes for future are not removed while it is not believed', async (t) => {
    let held = true;
    const { clock, made, start, here, ahead } = setUp(t, { holds: () => held, keep: 1 });
    const good = [1, 2].map((day) => ahead(Date.UTC(2030, 5, day)));
    start();
    await settled(clock);
    assert.deepEqual(here(), [...made, ...good]);
    held = false;
    clock.advance(dayMs);
    await settled(clock);
    assert.deepEqual(here(), made.slice(-1));
  });

  it('stay also where the clock falls back while they are made', async (t) => {
    const { clock, folder, start, here } = setUp(t, {
      keep: 1,
      async make(file): Promise<BackupResult> {
        writeFileSync(file, 'backup');
        clock.jump(-dayMs);
        return { file, bytes: 6, createdAt: '', files: 1, alerts: 0, signer: '' };
      },
    });
    mkdirSync(folder);
    const before = names.at(clock.now() - 3 * dayMs);
    writeFileSync(join(folder, before), '');
    const now = names.at(clock.now());
    const regular = start();
    await settled(clock);
    assert.deepEqual(here(), [before, now]);
    assert.equal(regular.status().newestAt, clock.now());
  });
});

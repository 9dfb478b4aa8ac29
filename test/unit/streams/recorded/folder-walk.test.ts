import assert from 'node:assert/strict';
import { link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { footageBounds } from '../../../../src/domain/bounds.ts';
import { findRecordings } from '../../../../src/streams/recorded/find-recordings.ts';
import { FolderWalk } from '../../../../src/streams/recorded/folder-walk.ts';
import { FootageRoots } from '../../../../src/streams/recorded/footage-roots.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { temporaryFolder } from '../../../support/store/temporary-folder.ts';

async function folderOf(t: TestContext, names: readonly string[]): Promise<string> {
  const folder = join(temporaryFolder(t), 'nvr');
  await mkdir(folder);
  for (const name of names) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), name);
  }
  return folder;
}

describe('looking through folders for recordings', () => {
  it('finds each file once, whatever its names, in the order of their numbers', async (t) => {
    const folder = await folderOf(t, ['10.mkv', '9.mkv', 'b/1.mp4', 'notes.txt']);
    await link(join(folder, '9.mkv'), join(folder, 'again.mkv'));
    await symlink(join(folder, 'b'), join(folder, 'c'));
    const names = ['9.mkv', '10.mkv', '1.mp4'];
    const paths = [folder, join(folder, '9.mkv'), join(folder, 'b')];
    const found = await new FootageRoots([folder]).find(paths);
    assert.deepEqual([found.map(({ path }) => basename(path)), found[0]?.bytes], [names, 5]);
    assert.deepEqual(
      (await findRecordings([...paths, join(folder, 'again.mkv')])).map((path) => basename(path)),
      names,
    );
  });

  it('is bounded in entries over all that is named, in depth and in files', async (t) => {
    const folder = await folderOf(t, ['a/1.mkv', 'a/2.txt', 'b/3.mkv', 'b/4.txt']);
    const walk = (change: object) =>
      new FolderWalk({ code: 'BAD_REQUEST', files: 10, entries: 10, ...change });
    const both = async (change: object) => {
      const walking = walk(change);
      await walking.takeFolder(join(folder, 'a'));
      await walking.takeFolder(join(folder, 'b'));
      return walking.found.length;
    };
    assert.equal(await both({ entries: 4 }), 2);
    await assert.rejects(both({ entries: 3 }), {
      code: 'BAD_REQUEST',
      message: /more than 3 entries/,
    });
    await assert.rejects(both({ files: 1 }), { code: 'BAD_REQUEST', message: /at most 1 files/ });
    const deep = Array.from({ length: footageBounds.walkDepth + 1 }, () => 'd');
    await mkdir(join(folder, ...deep), { recursive: true });
    await assert.rejects(walk({ entries: 100 }).takeFolder(folder), {
      ...{ code: 'BAD_REQUEST', message: /more than 32 deep/ },
    });
    await assert.rejects(findRecordings([folder]), { code: 'USAGE' });
  });

  it('shows the first entries of a large folder, and counts the others', async (t) => {
    const more = 1_500;
    const count = footageBounds.entries + more;
    const names = Array.from({ length: count }, (_, at) => `${at}.mkv`);
    const folder = await folderOf(t, names);
    const shown = await new FootageRoots([folder]).browse(folder);
    assert.deepEqual(
      shown.entries.map(({ name }) => name),
      names.slice(0, footageBounds.entries),
    );
    assert.equal(shown.more, more);
  });

  it('takes no longer than its time', async (t) => {
    const folder = await folderOf(t, ['1.mkv']);
    const clock = new FakeClock();
    const roots = new FootageRoots([folder], clock);
    const found = roots.find([folder]);
    const shown = roots.browse(folder);
    const checked = roots.check(folder);
    clock.advance(footageBounds.walkMs);
    for (const late of [found, shown, checked]) {
      await assert.rejects(late, { code: 'STREAM_UNREACHABLE', message: /longer than 30 s/ });
    }
  });

  it('is done by a bounded number of requests, and by none more while the disk hangs', async (t) => {
    const folder = await folderOf(t, ['1.mkv']);
    const clock = new FakeClock();
    const roots = new FootageRoots([folder], clock);
    const { walksAtOnce, walksWaiting } = footageBounds;
    const walks = Array.from({ length: walksAtOnce + walksWaiting }, () => roots.browse(folder));
    await assert.rejects(roots.browse(folder), {
      code: 'BUSY',
      message: /looking through folders/,
    });
    assert.equal((await Promise.all(walks)).length, walksAtOnce + walksWaiting);
    const late = Array.from({ length: walksAtOnce }, () => roots.find([folder]));
    const ended = Promise.allSettled(late);
    clock.advance(footageBounds.walkMs);
    // The disk has not answered yet.
    const refused = await Promise.allSettled([roots.browse(folder), roots.check(folder)]);
    for (const each of refused) {
      assert.match(String(each.status === 'rejected' && each.reason), /disk does not answer/);
    }
    assert.deepEqual(
      (await ended).map((each) => each.status === 'rejected' && each.reason.code),
      late.map(() => 'STREAM_UNREACHABLE'),
    );
    for (;;) {
      // As soon as it has, there is room again.
      const shown = await roots.browse(folder).catch((error: { code: string }) => error.code);
      if (typeof shown !== 'string') break;
      assert.equal(shown, 'BUSY');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  it('asks a root for nothing of another one', async (t) => {
    const folder = await folderOf(t, ['a/1.mkv', 'b/2.mkv']);
    await symlink(join(folder, 'b'), join(folder, 'link'));
    const roots = new FootageRoots([join(folder, 'gone'), join(folder, 'a'), join(folder, 'link')]);
    const [found] = await roots.find([join(folder, 'link')]);
    assert.equal(found?.path, join(folder, 'b/2.mkv'));
    for (const path of [join(folder, 'b/2.mkv'), join(folder, 'a/1.mkv')]) await roots.check(path);
    await symlink(join(folder, 'b/2.mkv'), join(folder, 'a/out.mkv'));
    await rm(join(folder, 'link'));
    await assert.rejects(roots.check(join(folder, 'b/2.mkv')), { code: 'FORBIDDEN' });
    await assert.rejects(roots.check(join(folder, 'a/out.mkv')), { code: 'FORBIDDEN' });
    await assert.rejects(roots.find([join(folder, 'gone')]), { code: 'STREAM_UNREACHABLE' });
  });
});

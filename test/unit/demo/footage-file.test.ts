import assert from 'node:assert/strict';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { DemoFootage } from '../../../demo/footage/demo-footage.ts';
import { pruneFootage, readFootage, writeFootage } from '../../../demo/footage/footage-file.ts';

const unit = (
  byte: number,
  key: boolean,
  time: number,
): DemoFootage['cameras'][0]['source']['units'][0] => ({
  data: Uint8Array.of(byte, byte + 1),
  key,
  time,
  decodeTime: time,
});
const footage: DemoFootage = {
  cameras: [
    {
      name: 'door',
      source: {
        codec: 'h264',
        width: 4,
        height: 2,
        framesPerSecond: 10,
        units: [unit(1, true, 0), unit(5, false, 100)],
        duration: 200,
      },
    },
  ],
  people: [
    {
      seed: 3,
      name: 'Nobody',
      enrolment: [{ width: 1, height: 2, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }],
    },
  ],
};

describe('footage file', () => {
  let folder: string;
  let path: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-footage-'));
    path = join(folder, 'deep', 'demo.footage');
  });

  after(() => rm(folder, { recursive: true }));

  it('gives back what was written, and leaves no drafts', async () => {
    await writeFootage(path, footage);
    const read = await readFootage(path);
    assert.deepEqual([...(read?.cameras[0]?.source.units[1]?.data ?? [])], [5, 6]);
    assert.deepEqual([...(read?.people[0]?.enrolment[0]?.data ?? [])], [1, 2, 3, 4, 5, 6]);
    assert.equal(read?.people[0]?.name, 'Nobody');
    assert.equal(read?.cameras[0]?.source.duration, 200);
    assert.deepEqual(await readdir(join(folder, 'deep')), ['demo.footage']);
  });

  it('knows nothing of a file that is missing, cut off or something else', async () => {
    assert.equal(await readFootage(join(folder, 'none')), undefined);
    const { length } = await readFile(path);
    for (const size of [length - 1, 40, 3]) {
      await truncate(path, size);
      assert.equal(await readFootage(path), undefined, `${size} bytes`);
    }
    await writeFile(path, 'nightglass footage 1\nand then nonsense');
    assert.equal(await readFootage(path), undefined);
  });

  it('rejects when the folder cannot be written, and leaves nothing behind', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(writeFootage(join(folder, 'file', 'demo.footage'), footage));
  });

  it('keeps the newest files only, and foreign ones', async () => {
    const old = join(folder, 'old');
    await mkdir(old);
    for (const [index, name] of ['a.footage', 'b.footage', 'c.footage', 'x.txt'].entries()) {
      await writeFile(join(old, name), '');
      await utimes(join(old, name), 1000, name === 'b.footage' ? 1 : 1000 + index);
    }
    await pruneFootage(old, /\.footage$/, 2);
    assert.deepEqual((await readdir(old)).sort(), ['a.footage', 'c.footage', 'x.txt']);
  });
});

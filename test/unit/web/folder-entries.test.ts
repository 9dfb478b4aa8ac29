import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { folderEntries, inParts } from '../../../web/src/watchlists/folder-entries.ts';

/** A file as a folder input gives it. */
function chosen(path: string, bytes = 10): File {
  const file = new File([new Uint8Array(bytes)], path.split('/').at(-1) ?? '');
  Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return file;
}

describe('folderEntries', () => {
  it('names people after the folder that a picture lies in', () => {
    const { entries, people, bytes, ignored } = folderEntries([
      chosen('gallery/Anna/1.jpg'),
      chosen('gallery/Anna/2.PNG'),
      chosen('gallery/more/Omar/x.webp', 30),
    ]);
    assert.deepEqual(
      entries.map(({ path }) => path),
      ['Anna/1.jpg', 'Anna/2.PNG', 'Omar/x.webp'],
    );
    assert.deepEqual({ people, bytes, ignored }, { people: 2, bytes: 50, ignored: 0 });
  });

  it('takes a folder of pictures alone as one person', () => {
    const { entries } = folderEntries([chosen('Anna/1.jpg'), chosen('Anna/2.bmp')]);
    assert.deepEqual(
      entries.map(({ path }) => path),
      ['Anna/1.jpg', 'Anna/2.bmp'],
    );
  });

  it('leaves out and counts what is no picture', () => {
    const { entries, ignored } = folderEntries([
      chosen('g/Anna/1.jpg'),
      chosen('g/Anna/notes.txt'),
      chosen('g/Anna/._1.jpg'),
      chosen('g/.DS_Store'),
    ]);
    assert.equal(entries.length, 1);
    assert.equal(ignored, 3);
  });
});

describe('inParts', () => {
  const entry = (path: string, bytes: number) => ({
    path,
    file: new Blob([new Uint8Array(bytes)]),
  });

  it('keeps each part below the limit, and every file once, a person together', () => {
    const entries = [entry('b/1', 900), entry('a/1', 900), entry('b/2', 900), entry('a/2', 900)];
    const parts = inParts(entries, 2500);
    assert.deepEqual(
      parts.map((part) => part.map(({ path }) => path)),
      [
        ['a/1', 'a/2'],
        ['b/1', 'b/2'],
      ],
    );
  });

  it('sends a file that is larger than the limit alone: the gateway says what is wrong with it', () => {
    const parts = inParts([entry('a/1', 10), entry('a/2', 9000), entry('a/3', 10)], 1000);
    assert.deepEqual(
      parts.map((part) => part.length),
      [1, 1, 1],
    );
  });

  it('makes no part of nothing', () => assert.deepEqual(inParts([], 1000), []));
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codedPicture, sizeOf } from '../../../web/src/cameras/video/coded-picture.ts';
import { PictureQueue } from '../../../web/src/cameras/video/picture-queue.ts';

/** A coded picture's beginning: its start code, temporal reference and kind. */
function pictureBytes(kind: number): number[] {
  return [0, 0, 1, 0, 0, kind << 3, 0xff, 0xff];
}

function picture(pts: number, kind: 'key' | 'other') {
  return { pts, bytes: new Uint8Array(), key: kind === 'key' };
}

/** Takes all that waits. */
function rest(queue: PictureQueue): number[] {
  const taken: number[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next.pts);
  return taken;
}

describe('codedPicture', () => {
  it('tells key pictures from others, behind the headers that a group begins with', () => {
    const headers = [0, 0, 1, 0xb3, 0x28, 0x01, 0x68, 0x15, 0, 0, 1, 0xb8, 1, 2, 3, 4];
    const key = codedPicture(7, Uint8Array.from([...headers, ...pictureBytes(1)]));
    assert.deepEqual([key?.pts, key?.key], [7, true]);
    assert.deepEqual(key && sizeOf(key), { width: 640, height: 360 });
    const other = codedPicture(8, Uint8Array.from(pictureBytes(2)));
    assert.equal(other?.key, false);
    assert.equal(other && sizeOf(other), undefined);
  });

  it('knows the rest of a cut picture, and rubbish', () => {
    assert.equal(codedPicture(0, Uint8Array.from([0, 0, 1, 5, 1, 2, 3])), undefined);
    assert.equal(codedPicture(0, Uint8Array.from([9, 9, 9, 9])), undefined);
    assert.equal(codedPicture(0, new Uint8Array()), undefined);
    assert.equal(codedPicture(0, Uint8Array.from([0, 0, 1, 0xb3, 1, 2, 3, 4])), undefined);
  });
});

describe('PictureQueue', () => {
  it('begins with a key picture and passes all in order', () => {
    const queue = new PictureQueue();
    queue.push(picture(0, 'other'));
    queue.push(picture(1, 'key'));
    queue.push(picture(2, 'other'));
    assert.deepEqual(rest(queue), [1, 2]);
    assert.deepEqual([queue.received, queue.skipped], [3, 0]);
  });

  it('goes on at the newest key picture when decoding is too slow, and counts what it left out', () => {
    const queue = new PictureQueue();
    for (let pts = 0; pts < 13; pts += 1) {
      queue.push(picture(pts, pts === 0 || pts === 10 ? 'key' : 'other'));
    }
    assert.deepEqual(rest(queue), [10, 11, 12]);
    assert.equal(queue.skipped, 10);
  });

  it('waits for the next key picture when none is left', () => {
    const queue = new PictureQueue();
    queue.push(picture(0, 'key'));
    assert.equal(queue.take()?.pts, 0);
    for (let pts = 1; pts <= 13; pts += 1) queue.push(picture(pts, 'other'));
    assert.deepEqual(rest(queue), []);
    assert.equal(queue.skipped, 13);
    queue.push(picture(14, 'other'));
    queue.push(picture(15, 'key'));
    assert.deepEqual(rest(queue), [15]);
  });

  it('stays bounded with a group longer than itself', () => {
    const queue = new PictureQueue();
    queue.push(picture(0, 'key'));
    for (let pts = 1; pts < 100; pts += 1) queue.push(picture(pts, 'other'));
    assert.ok(queue.waiting <= 12);
  });

  it('takes a whole group at first, and is as short as ever once it was empty', () => {
    const queue = new PictureQueue(300);
    const group = () => {
      for (let pts = 0; pts < 100; pts += 1) queue.push(picture(pts, pts === 0 ? 'key' : 'other'));
    };
    group();
    assert.equal(rest(queue).length, 100);
    group();
    assert.ok(queue.waiting <= 12);
    assert.ok(queue.skipped > 0);
  });

  it('begins again with a key picture, and room for a group', () => {
    const queue = new PictureQueue(300);
    queue.push(picture(0, 'key'));
    queue.take();
    queue.push(picture(1, 'other'));
    queue.restart();
    queue.push(picture(2, 'other'));
    assert.deepEqual(rest(queue), []);
    for (let pts = 3; pts < 53; pts += 1) queue.push(picture(pts, pts === 3 ? 'key' : 'other'));
    assert.equal(rest(queue).length, 50);
  });

  it('passes key pictures only where that is asked for, and all again from a key picture on', () => {
    const queue = new PictureQueue();
    queue.mode = 'keys';
    for (const pts of [0, 1, 2, 3]) queue.push(picture(pts, pts % 2 === 0 ? 'key' : 'other'));
    assert.deepEqual(rest(queue), [0, 2]);
    queue.mode = 'all';
    queue.push(picture(4, 'other'));
    queue.push(picture(5, 'key'));
    queue.push(picture(6, 'other'));
    assert.deepEqual(rest(queue), [5, 6]);
    assert.equal(queue.skipped, 0, 'what the mode leaves out is no trouble');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NewestFirst, type OfTrack } from '../../../src/cluster/newest-first.ts';

interface Face extends OfTrack {
  readonly ordinal: number;
}

/** `gate/a0`: the first face of track a at the gate. */
function face(said: string): Face {
  const [cameraId = '', rest = ''] = said.split('/');
  return { cameraId, trackId: rest.slice(0, -1), ordinal: Number(rest.at(-1)) };
}

const say = (said: Face | undefined) => said && `${said.cameraId}/${said.trackId}${said.ordinal}`;

function queueOf(faces: string, bounds = { perCamera: 100, inAll: 100 }) {
  const queue = new NewestFirst<Face>(bounds);
  const gone = faces.split(' ').flatMap((said) => say(queue.add(face(said))) ?? []);
  const takeAll = () => {
    const taken: (string | undefined)[] = [];
    while (queue.size > 0) taken.push(say(queue.take()));
    return taken.join(' ');
  };
  return { queue, gone: gone.join(' '), takeAll };
}

describe('what waits for nodes that are too slow', () => {
  it('goes by track, the one that began last first, and in order within a track', () => {
    const { takeAll } = queueOf('gate/a0 gate/b0 gate/a1 gate/c0 gate/b1 gate/a2');
    assert.equal(takeAll(), 'gate/c0 gate/b0 gate/b1 gate/a0 gate/a1 gate/a2');
  });

  it('a track that waited before is no newer when it comes again', () => {
    const { queue, takeAll } = queueOf('gate/a0');
    assert.equal(say(queue.take()), 'gate/a0');
    queue.add(face('gate/b0'));
    queue.add(face('gate/a1'));
    assert.equal(takeAll(), 'gate/b0 gate/a1');
  });

  it('cameras take turns, however much one has', () => {
    const { takeAll } = queueOf('gate/a0 gate/b0 gate/c0 gate/d0 door/a0 door/b0 yard/a0');
    assert.equal(takeAll(), 'gate/d0 door/b0 yard/a0 gate/c0 door/a0 gate/b0 gate/a0');
  });

  it('a camera that is full loses the first face of its oldest track', () => {
    const bounds = { perCamera: 3, inAll: 100 };
    const { gone, takeAll } = queueOf('gate/a0 gate/a1 gate/b0 gate/c0 gate/d0 door/a0', bounds);
    assert.equal(gone, 'gate/a0 gate/a1');
    assert.equal(takeAll(), 'gate/d0 door/a0 gate/c0 gate/b0');
  });

  it('a face of the oldest track is what goes, even as it comes', () => {
    const { queue, gone } = queueOf('gate/a0 gate/b0 gate/c0', { perCamera: 3, inAll: 100 });
    assert.equal(gone, '');
    assert.equal(say(queue.take()), 'gate/c0');
    queue.add(face('gate/d0'));
    assert.equal(say(queue.add(face('gate/a1'))), 'gate/a0');
    assert.equal(say(queue.add(face('gate/e0'))), 'gate/a1');
    assert.equal(say(queue.add(face('gate/a2'))), 'gate/a2');
    assert.equal(queue.size, 3);
  });

  it('where all are full the camera that has most loses', () => {
    const bounds = { perCamera: 100, inAll: 4 };
    const { gone, queue } = queueOf('gate/a0 gate/b0 gate/c0 gate/d0 door/a0 yard/a0', bounds);
    assert.equal(gone, 'gate/a0 gate/b0');
    assert.equal(queue.size, 4);
  });

  it('lets one go that is no longer wanted, once', () => {
    const { queue, takeAll } = queueOf('gate/a0');
    const other = face('gate/b0');
    queue.add(other);
    assert.deepEqual([queue.remove(other), queue.remove(other)], [true, false]);
    assert.equal(queue.remove(face('door/a0')), false);
    assert.equal(takeAll(), 'gate/a0');
    assert.equal(queue.take(), undefined);
  });

  it('holds its bounds and loses nothing unsaid, whatever comes', () => {
    const bounds = { perCamera: 5, inAll: 12 };
    const queue = new NewestFirst<Face>(bounds);
    const last = new Map<string, number>();
    const count = { added: 0, gone: 0, taken: 0 };
    let state = 7;
    const next = (below: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    for (let step = 0; step < 20_000; step += 1) {
      if (next(3) > 0) {
        const key = `c${next(4)}/t${Math.floor(step / 200) + next(3)}`;
        const [cameraId = '', trackId = ''] = key.split('/');
        count.added += 1;
        if (queue.add({ cameraId, trackId, ordinal: step }) !== undefined) count.gone += 1;
      } else {
        const taken = queue.take();
        if (taken === undefined) continue;
        count.taken += 1;
        const key = `${taken.cameraId}/${taken.trackId}`;
        assert.ok((last.get(key) ?? -1) < taken.ordinal, 'order within a track');
        last.set(key, taken.ordinal);
      }
      assert.ok(queue.size <= bounds.inAll);
      assert.equal(count.added, count.gone + count.taken + queue.size);
    }
    assert.ok(count.gone > 1_000 && count.taken > 1_000);
  });
});

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { profileByRoom } from '../../../bench/profile-rooms.ts';
import { withProfiles } from '../../../bench/profile-summary.ts';

const frame = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  children,
  callFrame: { functionName, url, lineNumber: 9 },
});

it('splits the time of the event loop by room, native code with its caller', async () => {
  const eventLoop = {
    nodes: [
      frame(1, '(root)', '', [2, 5, 6, 7]),
      frame(2, 'push', 'file:///x/src/streams/rtsp-source.ts', [3]),
      frame(3, 'scale', 'file:///x/node_modules/@a/native/lib/scale.js', [4]),
      frame(4, 'nativeScale', ''),
      frame(5, '(idle)', ''),
      frame(6, '(garbage collector)', ''),
      frame(7, 'emit', 'node:events'),
    ],
    startTime: 0,
    endTime: 8e6,
    samples: [2, 2, 3, 4, 5, 6, 7],
    timeDeltas: [3.9e6, 1e6, 0.5e6, 0.5e6, 1e6, 0.5e6, 0.5e6],
  };
  const other = { ...eventLoop, nodes: [frame(1, 'x', 'file:///x/src/inference/worker/run.ts')] };
  const found = await withProfiles(tmpdir(), async (folder) => {
    await writeFile(join(folder, 'CPU.0.cpuprofile'), JSON.stringify(other));
    await writeFile(join(folder, 'CPU.1.cpuprofile'), JSON.stringify(eventLoop));
    return profileByRoom(folder, 4);
  });
  assert.deepEqual(
    found.map(({ room, milliseconds }) => [room, Math.round(milliseconds)]),
    [
      ['src/streams', 250],
      ['@a/native', 250],
      ['(garbage collector)', 125],
      ['node', 125],
    ],
  );
});

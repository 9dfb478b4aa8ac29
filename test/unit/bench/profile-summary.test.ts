import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { summariseProfiles, withProfiles } from '../../../bench/profile-summary.ts';

const frame = (id: number, functionName: string, url: string) => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
});

describe('summariseProfiles', () => {
  it('splits the time that a thread was not idle by function, of the last seconds alone', async () => {
    const profile = {
      nodes: [
        frame(1, 'start', 'file:///x/src/cli/main.ts'),
        frame(2, 'run', 'file:///x/src/inference/worker/detect-faces.ts'),
        frame(3, '(idle)', ''),
        frame(4, '', 'file:///x/other.ts'),
      ],
      startTime: 0,
      endTime: 4e6,
      samples: [1, 1, 2, 3, 4, 2],
      timeDeltas: [1e6, 1e6, 0.5e6, 1e6, 0.25e6, 0.25e6],
    };
    const found = await withProfiles(tmpdir(), async (folder) => {
      await writeFile(join(folder, 'CPU.1.cpuprofile'), JSON.stringify(profile));
      return summariseProfiles(folder, 1.9);
    });
    assert.deepEqual(
      found.map(({ thread, name }) => [thread, name]),
      [
        ['detection', 'run worker/detect-faces.ts:10'],
        ['detection', '(anonymous) x/other.ts:10'],
      ],
    );
    assert.deepEqual(
      found.map(({ busy, share }) => [busy, share]),
      [
        [0.5, 0.75],
        [0.5, 0.25],
      ],
    );
  });
});

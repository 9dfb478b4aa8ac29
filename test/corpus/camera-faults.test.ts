import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Assessment } from '../../src/domain/assessment/assessment.ts';
import { type LobbyView, writeFaultyLobby } from '../support/assessment/faulty-lobby.ts';
import { runCommand } from '../support/cli/run-command.ts';

describe('assessment of one lobby by cameras with one fault each', { timeout: 900_000 }, () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faulty-lobby-'));
    await writeFaultyLobby(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function assessed(view: LobbyView): Promise<Assessment> {
    const path = join(folder, view);
    const command = ['camera', 'assess', '--file', path, '--json'];
    const { code, stdout, stderr } = await runCommand(command);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Assessment;
  }

  it('without a fault: good for alerts, and nothing to change', async (t) => {
    const { use, advice, expected } = await assessed('good');
    t.diagnostic(`TPIR ${expected?.tpir.value.toFixed(2)}`);
    assert.equal(use, 'alerts');
    assert.deepEqual(advice, []);
  });

  for (const [view, change] of [
    ['dark', 'light'],
    ['defocused', 'focus'],
    ['smeared', 'shutter'],
    ['compressed', 'bitRate'],
    ['ceiling', 'lower'],
  ] as const) {
    it(`${view}: ${change} first, and fewer people found`, async (t) => {
      const { advice, expected } = await assessed(view);
      const said = advice.map((each) => `${each.change} ${each.gain.toFixed(2)}`).join(', ');
      t.diagnostic(`TPIR ${expected?.tpir.value.toFixed(2)}; ${said}`);
      assert.equal(advice[0]?.change, change, said);
      // Without a fault it is some 0.69.
      assert.ok((expected?.tpir.value ?? 0) < 0.6, said);
    });
  }
});

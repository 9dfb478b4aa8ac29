import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type CameraAssessment, NightglassClient } from '../../../src/client/nightglass-client.ts';
import type { Assessment } from '../../../src/domain/assessment/assessment.ts';
import { Command, runCommand } from '../../support/cli/run-command.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { startLive } from '../../support/live/start-live.ts';

describe('assessment of a running camera', { timeout: 240_000 }, () => {
  it('is started by the command, gathers counts while it runs, ends early by an interrupt, and is reported', async () => {
    const { cameras } = await demoFootage();
    await using live = await startLive({
      sources: Object.fromEntries(cameras.map(({ name, source }) => [name, source])),
    });
    const { address } = live.nightglass;
    const client = new NightglassClient({ address });
    assert.equal((await client.assessment('lobby')).assessment, null);
    await using command = new Command([
      ...['camera', 'assess', 'lobby', '--address', address, '--json'],
    ]);
    let found: CameraAssessment | undefined;
    for (const until = Date.now() + 150_000; Date.now() < until; await setTimeout(500)) {
      found = await client.assessment('lobby');
      const stream = found.assessment?.measures.find(({ measure }) => measure === 'bitsPerPixel');
      if ((found.assessment?.usable ?? 0) > 0 && (stream?.count ?? 0) > 0) break;
    }
    assert.ok(found?.running && found.assessment, 'nobody was seen');
    assert.ok(found.assessment.usable > 0 && found.assessment.expected);
    assert.equal(found.assessment.evaluated, true);
    // An hour, unless something else is asked for.
    assert.equal((found.endsAt ?? 0) - (found.startedAt ?? 0), 3_600_000);
    const ended = await command.end('SIGINT');
    assert.equal(ended.code, 0, ended.stderr);
    const printed = JSON.parse(ended.stdout) as Assessment;
    assert.ok(printed.usable >= found.assessment.usable);
    assert.equal(printed.use, (await client.assessment('lobby')).assessment?.use);
    assert.equal((await client.assessment('lobby')).running, false);
    const { records } = await client.audit({ what: 'assessment', limit: 10 });
    assert.deepEqual(records.map(({ what, target }) => [what, target]).toSorted(), [
      ['assessment.started', 'lobby'],
      ['assessment.stopped', 'lobby'],
    ]);

    const shown = await runCommand(['camera', 'assess', 'lobby', '--address', address, '--show']);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^lobby: /);
    assert.match(shown.stdout, /px between the eyes/);
    const none = await runCommand([
      ...['camera', 'assess', 'side-entrance', '--address', address, '--show'],
    ]);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /there is none/);
    await assert.rejects(client.startAssessment('nowhere'), { code: 'NOT_FOUND' });
    await assert.rejects(client.startAssessment('lobby', 100_000), { code: 'BAD_REQUEST' });
  });
});

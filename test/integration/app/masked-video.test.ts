import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { testFootage } from '../../support/demo/test-footage.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { startLive } from '../../support/live/start-live.ts';

describe('masks and the camera’s own video', { timeout: 180_000 }, () => {
  it('a mask that is drawn ends it at once, and nobody gets it again; the preview is there', async () => {
    await using live = await startLive({ sources: { gate: await testFootage() } });
    const { address } = live.nightglass;
    const viewer = await EventSocket.open(`${address}/preview/gate/coded`);
    await viewer.chunk();
    assert.equal(viewer.heard.at(-1)?.type, 'video');
    live.reconfigure((raw) => {
      const [camera] = raw['cameras'] as Record<string, unknown>[];
      Object.assign(camera ?? {}, { masks: [{ x: 0, y: 0, width: 0.5, height: 0.5 }] });
    });
    await live.nightglass.reload();
    assert.equal(await viewer.closed, 4503);
    const { length } = viewer.binary;
    const again = await EventSocket.open(`${address}/preview/gate/coded`);
    assert.equal(await again.closed, 4406);
    assert.equal(again.heard.at(-1)?.['code'], 'VIDEO_NOT_PASSED_ON');
    assert.deepEqual([viewer.binary.length, again.binary.length], [length, 0]);
    const preview = await EventSocket.open(`${address}/preview/gate`);
    assert.equal((await preview.chunk())[0], 0x47);
    await preview.close();
  });
});

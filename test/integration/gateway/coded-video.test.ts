import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CodedVideo, CodedVideoSink } from '../../../src/domain/coded-video.ts';
import type { GatewayObserver } from '../../../src/gateway/contract/observer.ts';
import { codedVideoMessage, missedMessage } from '../../../src/gateway/schemas/messages.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { open, services } from '../../support/gateway/gateway-in-test.ts';

const video: CodedVideo = {
  ...{ codec: 'avc1.64001f', width: 640, height: 360 },
  ...{ rotate: 90, mirror: true },
};

/** Opens a viewer of `gate`, whose video can be had. */
async function view(address: string): Promise<{ viewer: EventSocket; sink: CodedVideoSink }> {
  services.onWatchCoded = () => () => undefined;
  const viewer = await EventSocket.open(`${address}/preview/gate/coded`);
  for (;;) {
    const [sink] = services.codedSinks.get('gate') ?? [];
    if (sink !== undefined) return { viewer, sink };
    await new Promise(setImmediate);
  }
}

describe('socket of a camera’s video as it is coded', () => {
  it('says how it is coded, then passes each picture on with its time', async () => {
    const { viewer, sink } = await view(await open());
    sink.video(video);
    sink.picture({ data: Buffer.from('abc'), key: true, capturedAt: 1_795_000_000_000.5 });
    sink.picture({ data: Buffer.from('de'), key: false, capturedAt: 1_795_000_000_040 });
    assert.deepEqual(codedVideoMessage.parse(await viewer.next()), { type: 'video', ...video });
    while (viewer.binary.length < 2) await new Promise(setImmediate);
    const [first, second] = viewer.binary.map((message) => ({
      flags: message[0],
      time: message.readDoubleLE(8),
      data: message.subarray(16).toString(),
    }));
    assert.deepEqual(first, { flags: 1, time: 1_795_000_000_000.5, data: 'abc' });
    assert.deepEqual(second, { flags: 0, time: 1_795_000_000_040, data: 'de' });
    await viewer.close();
    while (services.codedSinks.get('gate')?.size) await new Promise(setImmediate);
  });

  it('lets a slow viewer miss pictures up to a key picture, counts them and says so', async () => {
    let dropped = 0;
    const observer: GatewayObserver = {
      dropped: (topic, count) => {
        if (topic === 'preview') dropped += count;
      },
    };
    const limits = { previewDropAboveBytes: 65_536 };
    const { viewer, sink } = await view(await open({ limits, observer }));
    const data = Buffer.alloc(100_000, 7);
    viewer.socket.pause();
    sink.video(video);
    let sent = 0;
    for (; dropped < 3; sent += 1) sink.picture({ data, key: sent === 0, capturedAt: sent });
    viewer.socket.resume();
    // What the network had taken already still comes; what needs what was left out does not.
    while (viewer.binary.length < sent - dropped) await new Promise(setImmediate);
    sink.picture({ data, key: false, capturedAt: sent });
    assert.equal(dropped, 4);
    sink.picture({ data, key: true, capturedAt: sent + 1 });
    sink.picture({ data, key: false, capturedAt: sent + 2 });
    assert.equal(dropped, 4);
    const missed = missedMessage.parse(await viewer.until('missed'));
    assert.equal(missed.count, 4);
    while (viewer.binary.length < sent - dropped + 3) await new Promise(setImmediate);
    const times = viewer.binary.slice(-2).map((message) => message.readDoubleLE(8));
    assert.deepEqual(times, [sent + 1, sent + 2]);
  });

  it('closes with 4406 where it is not passed on, 4404 for a camera that is not there or not theirs', async () => {
    const access = new FakeAccess({ yard: { cameras: ['yard'] } });
    const address = await open({ openOnLoopback: false, access });
    const codes = await Promise.all(
      ['yard', 'gate', 'nowhere'].map(async (id) => {
        const viewer = await EventSocket.open(`${address}/preview/${id}/coded`, { token: 'yard' });
        const code = await viewer.closed;
        return [code, viewer.heard.at(-1)?.['code'], viewer.binary.length];
      }),
    );
    assert.deepEqual(codes, [
      [4406, 'VIDEO_NOT_PASSED_ON', 0],
      [4404, 'NOT_FOUND', 0],
      [4404, 'NOT_FOUND', 0],
    ]);
  });

  it('says why it ends', async () => {
    const { viewer, sink } = await view(await open());
    sink.end();
    assert.equal(await viewer.closed, 4503);
    assert.equal(viewer.heard.at(-1)?.['code'], 'STREAM_ENDED');
  });
});

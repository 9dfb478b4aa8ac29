import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { NatsServer, noNats } from '../../../bench/cluster/nats-server.ts';
import { ClusterLink, clusterNames } from '../../../src/cluster/cluster-link.ts';
import type { LiveBatch } from '../../../src/cluster/live-batch.ts';
import { LiveReceiver } from '../../../src/cluster/live-receiver.ts';
import { LiveSender } from '../../../src/cluster/live-sender.ts';
import { clusterBounds } from '../../../src/domain/bounds.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import type { DetectionEvent, ObservedFace, TrackEvent } from '../../../src/domain/live-events.ts';
import { silentLog } from '../../../src/domain/log.ts';
import { nodeRights } from '../../support/cluster/node-rights.ts';

// As long as numbers get.
const point = { x: 312.48273611068726, y: 181.72518110275269 };
const face: ObservedFace = {
  box: { ...point, width: 40.482736110687256, height: 50.725181102752686 },
  landmarks: [point, point, point, point, point],
  ...{ score: 0.9, trackId: 't-1', quality: 71, verdict: 'accept' },
};
const detection = (sequence: number, faces: readonly ObservedFace[] = [face]): DetectionEvent => ({
  ...{ cameraId: 'door', sequence, faces, frameWidth: 640, frameHeight: 360 },
  capturedAt: Date.now(),
});
const track = (phase: TrackEvent['phase']): TrackEvent => ({
  ...{ cameraId: 'door', trackId: 't-1', phase, hits: 3 },
  ...{ startedAt: Date.now() - 500, endedAt: Date.now() },
});

describe('boxes and tracks from node to node', { skip: noNats, timeout: 200_000 }, () => {
  let folder: string;
  let nats: NatsServer;
  let batches: LiveBatch[];
  let dropped: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-live-'));
    nats = await NatsServer.start(folder, nodeRights());
  });
  beforeEach(() => {
    batches = [];
    dropped = [];
  });
  after(async () => {
    await nats?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(node: string, secret = 's'.repeat(48)) {
    const password = node === 'control' ? 'control-password' : 'edge-password';
    const link = await ClusterLink.open({
      access: { servers: [nats.url], node, login: { user: node, password }, tls: null },
      ...{ owner: node === 'control', secret, lease: 6_000, clock: systemClock, log: silentLog },
      stream: { maxBytes: 64 * 2 ** 20, maxAge: 60_000 },
    });
    return { link, [Symbol.asyncDispose]: () => link.close() };
  }

  async function receive(link: ClusterLink): Promise<Disposable> {
    const receiver = new LiveReceiver({
      link,
      knows: (cameraId) => cameraId === 'door',
      onBatch: (batch) => batches.push(batch),
      onDropped: (cameraId, reason) => dropped.push(`${cameraId} ${reason}`),
    });
    await link.connection.flush();
    return { [Symbol.dispose]: () => receiver.close() };
  }

  it('brings them over with the rights of a node, few messages for many pictures', async () => {
    await using control = await open('control');
    await using edge = await open('edge-1');
    using _ = await receive(control.link);
    const sender = new LiveSender(edge.link);
    sender.tracked(track('started'));
    const many = clusterBounds.live.detections + 3;
    const all = Array.from({ length: many }, (_, at) => detection(at));
    for (const each of all) sender.detected(each);
    await until(() => batches.length === 1);
    const [batch] = batches;
    assert.deepEqual(batch?.detections, all.slice(3), 'the oldest give way');
    assert.equal(batch?.tracks[0]?.phase, 'started');
    assert.deepEqual(sender.drops, [{ cameraId: 'door', reason: 'live', count: 3 }]);
    sender.detected(detection(50, []));
    sender.detected(detection(51, []));
    sender.tracked(track('ended'));
    await until(() => batches.length === 2);
    assert.deepEqual(
      batches[1]?.detections.map(({ sequence }) => sequence),
      [50],
      'that nobody is there is not said with each picture',
    );
    assert.equal(batches[1]?.tracks[0]?.phase, 'ended');
    assert.deepEqual(dropped, []);
    sender.close();
  });

  it('believes nobody else, and nothing twice', async () => {
    await using control = await open('control');
    await using edge = await open('edge-1');
    await using stranger = await open('edge-1', 'x'.repeat(48));
    using _ = await receive(control.link);
    const sealed: Uint8Array[] = [];
    control.link.connection.subscribe(clusterNames.liveSubjects, {
      callback(_, { data }) {
        sealed.push(data);
      },
    });
    await control.link.connection.flush();
    const sender = new LiveSender(edge.link);
    sender.detected(detection(1));
    await until(() => batches.length === 1 && sealed.length === 1);
    const put = (node: string, camera: string) =>
      control.link.connection.publish(clusterNames.live(node, camera), sealed[0]);
    // What docs/scale.md says of a picture with one face.
    assert.ok((sealed[0]?.length ?? 0) < 1_024, `${sealed[0]?.length} bytes`);
    put('edge-1', 'door');
    await until(() => dropped.length === 1);
    put('edge-2', 'door');
    await until(() => dropped.length === 2);
    put('edge-1', 'elsewhere');
    await until(() => dropped.length === 3);
    const strange = new LiveSender(stranger.link);
    strange.detected(detection(2));
    await until(() => dropped.length === 4);
    assert.deepEqual(dropped, ['door replayed', 'door invalid', ' unknown_camera', 'door invalid']);
    assert.equal(batches.length, 1);
    sender.close();
    strange.close();
  });

  it('sends what is present, not what was, once the server is back', async () => {
    await using control = await open('control');
    await using edge = await open('edge-1');
    using _ = await receive(control.link);
    const sender = new LiveSender(edge.link);
    await nats.kill();
    await until(() => !edge.link.connected);
    sender.detected(detection(1));
    await until(() => sender.drops[0]?.count === 1);
    await nats.up();
    await until(() => edge.link.connected && control.link.connected);
    await control.link.connection.flush();
    sender.detected(detection(2));
    await until(() => batches.length === 1);
    assert.equal(batches[0]?.detections[0]?.sequence, 2);
    sender.close();
  });
});

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > end) assert.fail(`never: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ClusterRun, cameraPassword } from '../../../bench/cluster/cluster-run.ts';
import { noNats } from '../../../bench/cluster/nats-server.ts';
import { paintWalkers, walkerFootage } from '../../../bench/cluster/walkers.ts';
import { GeneratedFacePainter } from '../../../demo/footage/generated-face-painter.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { testManifest } from '../../support/live/demo-footage.ts';

const seeds = [38, 2, 29];

describe('control node and two ingest nodes', { skip: noNats, timeout: 300_000 }, () => {
  let folder: string;
  let run: ClusterRun;
  const ids = seeds.map((_, at) => `camera-${at + 1}`);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-cluster-'));
    await using painter = await GeneratedFacePainter.open(
      join(dirname(testManifest), 'faces.onnx'),
    );
    const people = await paintWalkers(painter, seeds);
    const sources = await Promise.all(people.map((person) => walkerFootage(person)));
    run = await ClusterRun.start({
      folder,
      manifest: testManifest,
      people,
      sources: Object.fromEntries(sources.map((source, at) => [ids[at] ?? '', source])),
    });
    await Promise.all([run.startNode('edge-1'), run.startNode('edge-2')]);
  });
  after(async () => {
    await run?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('shares the cameras out, and each person has one alert', async () => {
    await until(async () => (await run.holders()).size === ids.length, 'all cameras are live');
    // Whichever came first has taken all, and gives some away.
    await until(
      async () => new Set((await run.holders()).values()).size === 2,
      'both nodes have cameras',
    );
    for (const id of ids) assert.ok(run.cameras.camera(id).stats.playing <= 1, 'pulled once');
    await until(async () => (await run.alerts()).length >= seeds.length, 'everybody has an alert');
    assert.deepEqual(await names(run), ['Walker 1', 'Walker 2', 'Walker 3']);
  });

  it('shows boxes and tracks on the event socket', async () => {
    const watcher = await EventSocket.open(`${run.control.address}/ws`);
    watcher.send({ type: 'subscribe', topics: ['detections', 'tracks'] });
    await watcher.until('subscribed');
    const begun = await watcher.until('nightglass.track.v1');
    const { trackId, cameraId } = begun['data'] as { trackId: string; cameraId: string };
    assert.ok(ids.includes(cameraId));
    assert.match(trackId, /./);
    for (;;) {
      const { data } = await watcher.until('nightglass.detection.v1');
      const { faces, frameWidth } = data as { faces: { box: object }[]; frameWidth: number };
      if (faces.length === 0) continue;
      assert.ok(frameWidth > 0);
      break;
    }
    await watcher.close();
  });

  it('takes the cameras of a node that is gone within ten seconds, and raises nothing twice', async () => {
    await run.endNode('edge-1', 'SIGKILL');
    const started = performance.now();
    await until(async () => {
      const holders = await run.holders();
      return ids.every((id) => holders.get(id) === 'edge-2');
    }, 'the cameras are with the other node');
    const seconds = (performance.now() - started) / 1000;
    // Ten on a machine at rest; tests run on busy ones.
    assert.ok(seconds < 30, `it took ${seconds.toFixed(1)} s`);
    await until(async () => {
      const { problems } = await run.control.services.health();
      return problems.some(({ code }) => code === 'CLUSTER_NODE_LOST');
    }, 'the loss is told');
    const before = await faces(run);
    await until(async () => (await faces(run)) > before + 2, 'faces come again');
    assert.deepEqual(await names(run), ['Walker 1', 'Walker 2', 'Walker 3']);
  });

  it('hands cameras over when a node ends in order', async () => {
    await run.startNode('edge-3');
    await until(
      async () => [...(await run.holders()).values()].includes('edge-3'),
      'loads are balanced',
    );
    const ending = run.endNode('edge-2', 'SIGTERM');
    await until(async () => {
      const holders = await run.holders();
      return ids.every((id) => holders.get(id) === 'edge-3');
    }, 'the cameras are handed over');
    await ending;
    assert.deepEqual(await names(run), ['Walker 1', 'Walker 2', 'Walker 3']);
  });

  it('serves the metrics of a node', async () => {
    await until(async () => {
      const text = await run.nodeMetrics('edge-3');
      return /^nightglass_frames_analysed_total\{.*camera="camera-1".*\} [1-9]/m.test(text);
    }, 'frames that the node analysed are counted');
    const text = await run.nodeMetrics('edge-3');
    assert.match(text, /^nightglass_cluster_connected 1$/m);
    assert.match(text, /^nightglass_cluster_node_cameras\{member="edge-3"\} 3$/m);
    assert.ok(!text.includes(cameraPassword));
  });

  it('says nowhere what it must not say', async () => {
    const text = [...run.errors, ...run.logged, await run.control.services.metrics()].join('\n');
    assert.ok(!text.includes(cameraPassword));
    assert.match(text, /nightglass_cluster_keyframes_total\{camera="camera-1"\} [1-9]/);
  });
});

async function faces(run: ClusterRun): Promise<number> {
  const text = await run.control.services.metrics();
  return [...text.matchAll(/^nightglass_cluster_keyframes_total\{.*\} (\d+)$/gm)]
    .map(([, count]) => Number(count))
    .reduce((sum, count) => sum + count, 0);
}

async function names(run: ClusterRun): Promise<string[]> {
  return (await run.alerts()).map(({ personName }) => personName).sort();
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 90_000;
  while (!(await isSo())) {
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

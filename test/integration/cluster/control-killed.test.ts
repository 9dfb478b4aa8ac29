import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ClusterRun } from '../../../bench/cluster/cluster-run.ts';
import { noNats } from '../../../bench/cluster/nats-server.ts';
import { paintWalkers, walkerFootage } from '../../../bench/cluster/walkers.ts';
import { GeneratedFacePainter } from '../../../demo/footage/generated-face-painter.ts';
import { ClusterLink, clusterNames } from '../../../src/cluster/cluster-link.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { silentLog } from '../../../src/domain/log.ts';
import { testManifest } from '../../support/live/demo-footage.ts';

const seeds = [38, 2, 29];

describe('a control node that is killed while people pass', {
  skip: noNats,
  timeout: 500_000,
}, () => {
  let folder: string;
  let run: ClusterRun;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-killed-'));
    await using painter = await GeneratedFacePainter.open(
      join(dirname(testManifest), 'faces.onnx'),
    );
    const people = await paintWalkers(painter, seeds);
    const footage = await Promise.all(people.map((person) => walkerFootage(person)));
    run = await ClusterRun.start({
      ...{ folder, people, manifest: testManifest, apart: true },
      sources: Object.fromEntries(footage.map((source, at) => [`camera-${at + 1}`, source])),
      config: { alerts: { joinWithin: '24h' } },
    });
  });
  after(async () => {
    await run?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('raises one alert a person: what came before, in between and after is neither lost nor doubled', async () => {
    await run.startNode('edge-1');
    await until(async () => (await run.apart.alerts()).length > 0, 'the first alert');
    // Amid what it is doing: the others have no alert yet, and faces are being dealt with.
    await run.apart.kill();
    await using stream = await watchStream(run);
    const before = await stream.messages();
    await until(async () => (await stream.messages()) > before + 5, 'faces wait at the server');
    await run.apart.up();
    await until(async () => (await persons()).size === seeds.length, 'everybody has an alert');
    // Once more, with faces that are given out again for tracks whose alert stands.
    await run.apart.kill();
    await run.apart.up();
    await until(async () => (await run.holders()).size === seeds.length, 'cameras are seen again');
    const dealt = await taken();
    await until(async () => (await taken()) > dealt + 10, 'faces are dealt with again');
    const alerts = await run.apart.alerts();
    assert.deepEqual(alerts.map(({ personName }) => personName).sort(), [
      'Walker 1',
      'Walker 2',
      'Walker 3',
    ]);
    for (const { trackId, cameraId, sightings, stored } of alerts) {
      assert.ok(stored);
      const tracks = [{ cameraId, trackId }, ...sightings].map((each) =>
        JSON.stringify([each.cameraId, each.trackId]),
      );
      assert.equal(new Set(tracks).size, tracks.length, `a track twice: ${tracks.join(' ')}`);
    }
  });

  async function persons(): Promise<Set<string>> {
    return new Set((await run.apart.alerts()).map(({ personName }) => personName));
  }

  async function taken(): Promise<number> {
    return [
      ...(await run.apart.metrics()).matchAll(/^nightglass_cluster_keyframes_total\{.*\} (\d+)$/gm),
    ]
      .map(([, count]) => Number(count))
      .reduce((sum, count) => sum + count, 0);
  }
});

/** How many messages of nodes the server has stored, looked at beside all nodes. */
async function watchStream({ nats }: ClusterRun) {
  const link = await ClusterLink.open({
    access: { servers: [nats.url], node: 'watcher', login: null, tls: null },
    ...{ owner: false, secret: 's'.repeat(48), lease: 5_000, clock: systemClock, log: silentLog },
    stream: { maxBytes: 64 * 2 ** 20, maxAge: 60_000 },
  });
  return {
    messages: async () => (await link.manager.streams.info(clusterNames.stream)).state.last_seq,
    [Symbol.asyncDispose]: () => link.close(),
  };
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await isSo())) {
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

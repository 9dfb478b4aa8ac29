import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ClusterRun } from '../../../bench/cluster/cluster-run.ts';
import { noNats } from '../../../bench/cluster/nats-server.ts';
import { paintWalkers, walkerFootage } from '../../../bench/cluster/walkers.ts';
import { GeneratedFacePainter } from '../../../demo/footage/generated-face-painter.ts';
import { testManifest } from '../../support/live/demo-footage.ts';

const seeds = [38, 2];

describe('a node that pulls, and nodes that recognise', { skip: noNats, timeout: 400_000 }, () => {
  let folder: string;
  let run: ClusterRun;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-inference-'));
    await using painter = await GeneratedFacePainter.open(
      join(dirname(testManifest), 'faces.onnx'),
    );
    const people = await paintWalkers(painter, seeds);
    const sources = await Promise.all(people.map((person) => walkerFootage(person)));
    run = await ClusterRun.start({
      ...{ folder, manifest: testManifest, people },
      sources: Object.fromEntries(sources.map((source, at) => [`camera-${at + 1}`, source])),
    });
  });
  after(async () => {
    await run?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('says that faces find nobody while no node recognises', async () => {
    await run.startNode('edge-1', 'ingest');
    await until(async () => (await problems()).some((said) => said.includes('--roles inference')));
    await until(async () => (await run.holders()).size === seeds.length);
  });

  it('alerts to everybody once the faces are recognised elsewhere', async () => {
    await Promise.all([
      run.startNode('infer-1', 'inference'),
      run.startNode('infer-2', 'inference'),
    ]);
    await until(async () => (await names()).length >= seeds.length);
    assert.deepEqual(await names(), ['Walker 1', 'Walker 2']);
    assert.deepEqual([...new Set((await run.holders()).values())], ['edge-1'], 'they pull nothing');
    const cameras = await problems();
    assert.ok(!cameras.some((said) => said.includes('--roles inference')), cameras.join());
  });

  it('goes on with the other where one dies, and nothing is raised twice', async () => {
    await run.endNode('infer-1', 'SIGKILL');
    const before = await faces();
    await until(async () => (await faces()) > before + 2);
    await run.endNode('infer-2', 'SIGTERM');
    await run.startNode('infer-3', 'inference');
    const later = await faces();
    await until(async () => (await faces()) > later + 2);
    assert.deepEqual(await names(), ['Walker 1', 'Walker 2']);
  });

  async function problems(): Promise<string[]> {
    const { problems } = await run.control.services.health();
    return problems.map(({ message }) => message);
  }

  async function names(): Promise<string[]> {
    return (await run.alerts()).map(({ personName }) => personName).sort();
  }

  /** Keyframes that came to the control node. */
  async function faces(): Promise<number> {
    const text = await run.control.services.metrics();
    const counts = [...text.matchAll(/^nightglass_cluster_keyframes_total\{[^}]*\} (\d+)/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  }
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 90_000;
  while (!(await holds())) {
    if (performance.now() > end) assert.fail(`not within 90 s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

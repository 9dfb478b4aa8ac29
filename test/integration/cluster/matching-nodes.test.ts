import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ClusterRun } from '../../../bench/cluster/cluster-run.ts';
import { noNats } from '../../../bench/cluster/nats-server.ts';
import { paintWalkers, walkerFootage } from '../../../bench/cluster/walkers.ts';
import { GeneratedFacePainter } from '../../../demo/footage/generated-face-painter.ts';
import { systemActor } from '../../../src/domain/audit-entry.ts';
import { testManifest } from '../../support/live/demo-footage.ts';

const seeds = [38, 2];

describe('nodes that hold the watchlists', { skip: noNats, timeout: 400_000 }, () => {
  let folder: string;
  let run: ClusterRun;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightglass-holders-'));
    await using painter = await GeneratedFacePainter.open(
      join(dirname(testManifest), 'faces.onnx'),
    );
    const people = await paintWalkers(painter, seeds);
    const sources = await Promise.all(people.map((person) => walkerFootage(person)));
    run = await ClusterRun.start({
      ...{ folder, manifest: testManifest, people, roles: ['control'] },
      first: { 'match-0': 'matching' },
      sources: Object.fromEntries(sources.map((source, at) => [`camera-${at + 1}`, source])),
    });
  });
  after(async () => {
    await run?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('are missed, and said to be, while faces wait', async () => {
    await run.endNode('match-0', 'SIGKILL');
    await run.startNode('edge-1');
    await until(async () => (await problems()).some((said) => said.includes('--roles matching')));
    await until(async () => (await run.holders()).size === seeds.length);
    assert.deepEqual(await names(), []);
  });

  it('compare all that waited once they are there', async () => {
    await Promise.all([run.startNode('match-1', 'matching'), run.startNode('match-2', 'matching')]);
    await until(async () => (await names()).length >= seeds.length);
    assert.deepEqual(await names(), ['Walker 1', 'Walker 2']);
    assert.ok(!(await problems()).some((said) => said.includes('matching')));
    assert.ok([...(await held()).values()].some((templates) => templates > 0));
  });

  it('take over from one that dies, and from one that ends', async () => {
    const holder = [...(await held())].find(([, templates]) => templates > 0)?.[0] ?? '';
    await run.endNode(holder, 'SIGKILL');
    const other = holder === 'match-1' ? 'match-2' : 'match-1';
    await rename('Walker 1', 'Somebody');
    await until(async () => (await names()).includes('Somebody'));
    await run.startNode('match-3', 'matching');
    await run.endNode(other, 'SIGTERM');
    assert.ok(((await held()).get('match-3') ?? 0) > 0, 'before the other one left');
    await rename('Somebody', 'Somebody else');
    await until(async () => (await names()).includes('Somebody else'));
    assert.equal((await names()).filter((name) => name === 'Walker 2').length, 1);
  });

  /** Takes somebody off the list, and puts the same pictures on it under another name. */
  async function rename(name: string, next: string): Promise<void> {
    const { people } = run.control.services;
    const listed = people.list({ watchlistIds: ['cluster'], after: '', limit: 50 });
    const known = listed.find((each) => each.name === name);
    assert.ok(known !== undefined);
    const pictures = known.images.flatMap(
      ({ templateId }) => people.image(known.id, templateId) ?? [],
    );
    people.remove(known.id, systemActor);
    const made = people.create({ watchlistId: 'cluster', name: next, note: '' }, systemActor);
    await people.enrol(
      made.id,
      pictures.map((bytes, at) => ({ name: `${at}.jpg`, bytes })),
      systemActor,
    );
  }

  async function problems(): Promise<string[]> {
    const { problems } = await run.control.services.health();
    return problems.map(({ message }) => message);
  }

  async function names(): Promise<string[]> {
    return (await run.alerts()).map(({ personName }) => personName).sort();
  }

  /** Templates by node. */
  async function held(): Promise<Map<string, number>> {
    const text = await run.control.services.metrics();
    return new Map(
      [...text.matchAll(/^nightglass_cluster_node_templates\{member="([^"]+)"\} (\d+)/gm)].map(
        ([, node = '', count]) => [node, Number(count)],
      ),
    );
  }
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 90_000;
  while (!(await holds())) {
    if (performance.now() > end) assert.fail(`not within 90 s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { ListMatch } from '../../../../src/domain/match.ts';
import { WatchlistStore } from '../../../../src/services/watchlists/watchlist-store.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { names, probeAt } from '../../../support/services/gallery-fixture.ts';
import { shardedOf } from '../../../support/services/sharded-fixture.ts';
import { listInput, templateFor, vectorAt } from '../../../support/services/watchlist-fixture.ts';
import { createStore } from '../../../support/store/test-store.ts';

/** Two lists of forty and three people. */
async function filled(t: TestContext, options?: Parameters<typeof shardedOf>[1]) {
  const opened = shardedOf(t, options);
  const { enrol, lists, settle } = opened;
  const many = lists.create(listInput({ name: 'many', fpir: 0.01 }));
  const few = lists.create(listInput({ name: 'few', cameras: ['gate'], fixedThreshold: 0.9 }));
  for (let i = 0; i < 40; i += 1) enrol(many.id, `P${i}`, i / 20, i / 20 + 0.01);
  for (let i = 0; i < 3; i += 1) enrol(few.id, `Q${i}`, i);
  await settle(3);
  return { ...opened, many, few };
}
const at = (angle: number) =>
  probeAt(angle, {
    ...{ enhanced: vectorAt(angle - 0.05), latest: { fused: vectorAt(angle + 0.02) } },
    best: { fused: vectorAt(angle - 0.02) },
  });
/** Scores cross as float32 numbers and come back as they were summed: to the last digits. */
const near = (matches: readonly ListMatch[]) =>
  matches.map((match) => JSON.parse(JSON.stringify(match)) as ListMatch);

describe('lists that other nodes hold', () => {
  for (const parts of [1, 3]) {
    it(`are searched as if they were here, cut into ${parts}`, async (t) => {
      const { gallery, nodes, sharded, many } = await filled(t, { parts });
      for (const [angle, camera] of [
        [0.33, 'gate'],
        [1.2, 'yard'],
        [2.9, 'gate'],
        [5, 'gate'],
      ] as const) {
        assert.deepEqual(
          near(await sharded.search(at(angle), camera)),
          near(gallery.search(at(angle), camera)),
        );
      }
      assert.deepEqual(await sharded.search(probeAt(0, { model: 'other' }), 'gate'), []);
      const [here] = [gallery.candidates(at(0.7), many.id, 7)];
      assert.deepEqual(
        near((await sharded.candidates([at(0.7)], many.id, 7))[0] ?? []),
        near(here),
      );
      assert.deepEqual(sharded.stats(), gallery.stats());
      assert.equal(sharded.threshold(many.id, 'm1'), gallery.threshold(many.id, 'm1'));
      const held = [...nodes.values()].map((node) => node.parts.templates);
      assert.equal(
        held.reduce((sum, n) => sum + n, 0),
        83,
      );
      if (parts === 3)
        assert.ok(
          held.every((n) => n > 20),
          `${held}`,
        );
    });
  }

  it('are compared by poor views where the probe is small, and by look-alikes', async (t) => {
    const poorViews = { below: 9, scale: 0.9 };
    const { gallery, lists, settle, sharded } = await filled(t, { poorViews });
    const list = lists.create(listInput({ name: 'poor' }));
    const person = lists.addPerson(list.id, { name: 'Poor' });
    const poorView = { embedding: vectorAt(3.4), recipe: 'r' };
    lists.addTemplate({ ...templateFor(person.id, vectorAt(3)), poorView });
    await settle();
    const probe = { ...at(3.4), interEyeDistance: 8 };
    const found = await sharded.search(probe, 'gate');
    assert.deepEqual(near(found), near(gallery.search(probe, 'gate')));
    const match = found.find(({ personName }) => personName === 'Poor');
    assert.equal(match?.scores.template, 'poor-view');
    assert.ok(Math.abs((match?.scores.fused ?? 0) - 0.9) < 1e-6);
  });

  it('have every change as soon as it is searched for', async (t) => {
    const { enrol, changes, lists, many, settle, sharded } = await filled(t);
    const before = changes();
    const { person } = enrol(many.id, 'New', 4);
    const found = await sharded.search(at(4), 'yard');
    assert.deepEqual([names(found), found[0]?.matched], [['New'], true]);
    lists.updatePerson(person.id, { name: 'Renamed' });
    assert.deepEqual(names(await sharded.search(at(4), 'yard')), ['Renamed']);
    lists.deletePerson(person.id);
    assert.notDeepEqual(names(await sharded.search(at(4), 'yard')), ['Renamed']);
    const made = lists.create(listInput({ name: 'made' }));
    enrol(made.id, 'Made', 4);
    await settle();
    assert.ok(names(await sharded.search(at(4), 'yard')).includes('Made'));
    lists.delete(made.id);
    assert.ok(!names(await sharded.search(at(4), 'yard')).includes('Made'));
    assert.ok(changes() > before, 'tracks in view are searched again');
  });

  it('hold somebody with more pictures than one message has room for', async (t) => {
    const { enrol, few, gallery, sharded } = await filled(t);
    const angles = Array.from({ length: 300 }, (_, i) => 3.5 + i / 1000);
    enrol(few.id, 'Pictured', ...angles);
    const probe = at(3.7);
    assert.deepEqual(
      near(await sharded.search(probe, 'gate')),
      near(gallery.search(probe, 'gate')),
    );
    assert.deepEqual(names(await sharded.search(probe, 'gate')).at(-1), 'Pictured');
  });

  it('wait for another node where one dies in the middle of a search, and lose nothing', async (t) => {
    const { gallery, nodes, settle, sharded } = await filled(t, { parts: 2 });
    const one = nodes.get('one');
    assert.ok(one !== undefined && one.parts.size > 0);
    one.silent = true;
    let found: readonly ListMatch[] | undefined;
    const searching = sharded.search(at(0.33), 'gate').then((matches) => {
      found = matches;
    });
    await settle();
    // It is dead to the others too.
    nodes.delete('one');
    await settle(3);
    await searching;
    assert.deepEqual(near(found ?? []), near(gallery.search(at(0.33), 'gate')));
    assert.equal(nodes.get('two')?.parts.templates, 83);
  });

  it('are handed out again to a node that has started again', async (t) => {
    const { gallery, nodes, settle, sharded, start } = await filled(t, { nodes: ['one'] });
    nodes.get('one')?.parts.clear();
    start('one');
    await settle(2);
    assert.deepEqual(
      near(await sharded.search(at(0.33), 'gate')),
      near(gallery.search(at(0.33), 'gate')),
    );
  });

  it('are filled again where a node has lost a part, or a change of one', async (t) => {
    const { enrol, many, nodes, settle, sharded } = await filled(t, { nodes: ['one'] });
    const node = nodes.get('one');
    node?.parts.clear();
    const searching = sharded.search(at(0.33), 'yard');
    await settle(3);
    assert.equal((await searching).length, 1);
    if (node) node.silent = true;
    enrol(many.id, 'New', 4);
    await settle();
    if (node) node.silent = false;
    await settle(3);
    assert.deepEqual(names(await sharded.search(at(4), 'yard')), ['New']);
  });

  it('leave a node that ends before it is gone, and are searched all the while', async (t) => {
    const { nodes, settle, sharded } = await filled(t, { parts: 2 });
    const one = nodes.get('one');
    if (one) one.takes = false;
    const searched = async () => (await sharded.search(at(0.33), 'gate')).length;
    assert.equal(await searched(), 2);
    await settle(3);
    assert.equal(one?.parts.size, 0);
    assert.equal(await searched(), 2);
  });

  it('are refused by name where no node has them in time, and nothing is answered by halves', async (t) => {
    const { nodes, settle, sharded } = await filled(t);
    nodes.clear();
    const searching = sharded.search(at(0.33), 'gate');
    const refused = assert.rejects(searching, {
      code: 'GALLERY_UNAVAILABLE',
      message: /many, few/,
    });
    await settle(12);
    await refused;
    assert.deepEqual(sharded.missing(), ['many', 'few']);
  });

  it('are read again where another process has changed them; until then the old state answers', async (t) => {
    const { clock, dataDir, many, settle, sharded } = await filled(t);
    const otherStore = createStore({ dataDir, clock });
    t.after(() => otherStore.close());
    const audit = new AuditLog({ store: otherStore, now: clock.now });
    const other = new WatchlistStore({ store: otherStore, audit, now: clock.now });
    const bea = other.addPerson(many.id, { name: 'Bea' });
    other.addTemplate(templateFor(bea.id, vectorAt(4)));
    assert.equal(await sharded.refresh(), true);
    assert.ok(!names(await sharded.search(at(4), 'yard')).includes('Bea'));
    await settle(2);
    assert.deepEqual(names(await sharded.search(at(4), 'yard')), ['Bea']);
    assert.equal(await sharded.refresh(), false);
  });
});

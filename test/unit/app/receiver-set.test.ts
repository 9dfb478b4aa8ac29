import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { ConfiguredReceiver } from '../../../src/app/configured-receivers.ts';
import { LiveEvents } from '../../../src/app/live-events.ts';
import { ReceiverSet, recordReceivers } from '../../../src/app/receiver-set.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import { Deliveries } from '../../../src/services/outbox/deliveries.ts';
import { Outbox } from '../../../src/services/outbox/outbox.ts';
import { AuditLog } from '../../../src/store/audit-log.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { makeReceiver, noteObserver, wideLimits } from '../../support/services/outbox-fixture.ts';
import { settle } from '../../support/services/outbox-setup.ts';
import { fillDisk, openStore, silentLog } from '../../support/store/open-store.ts';

/** Receivers by id, each with a way to it that notes what it is sent. */
function setUp(t: TestContext, ids: readonly string[]) {
  const { store, clock } = openStore(t, { retryMs: 1000 });
  const { lines, observer } = noteObserver();
  const audit = new AuditLog({ store, now: clock.now });
  const sent: string[] = [];
  const state = { down: new Set<string>(), hold: undefined as Promise<void> | undefined };
  const configured = (
    id: string,
    settings = 'first',
    cameras: '*' | string[] = '*',
    host?: string,
  ) => {
    const kept: string[] = [];
    const receiver = { ...makeReceiver(id), ...(host === undefined ? {} : { host }) };
    const way = `${id}/${settings}`;
    const made: ConfiguredReceiver = {
      receiver: { ...receiver, rules: { ...receiver.rules, cameras } },
      settings,
      open: () => ({
        async send({ data }) {
          const at = data.kind === 'camera' ? data.cameraId : '';
          await state.hold;
          if (state.down.has(way)) return { taken: false, refused: false, reason: 'down' };
          sent.push(`${way} ${at}`);
          return { taken: true };
        },
        camera({ cameraId, state: status }) {
          if (cameras !== '*' && !cameras.includes(cameraId)) return;
          sent.push(`${way} ${cameraId} is ${status}`);
          kept.push(cameraId);
        },
        kept,
        withdraw: (of) => void sent.push(...of.map((each) => `${way} withdraws ${each}`)),
        forget: (cameraId) => void sent.push(`${way} forgets ${cameraId}`),
        close: () => void sent.push(`${way} closed`),
      }),
    };
    return made;
  };
  const first = ids.map((id) => configured(id));
  const outbox = new Outbox({
    ...{ store, observer, limits: wideLimits, priority: () => undefined },
    ...{ receivers: first.map(({ receiver }) => receiver), now: clock.now, log: silentLog },
  });
  recordReceivers(outbox, outbox.receivers, store, audit);
  const deliveries = new Deliveries({
    ...{ outbox, clock, observer, log: silentLog, senders: new Map() },
    sources: { event: () => undefined, awaitsTwoPeople: () => false, picture: () => null },
  });
  t.after(() => deliveries.close());
  const live = new LiveEvents();
  const metrics = createMetrics({ ledger: new FrameLedger(), version: '1' });
  t.after(() => metrics.close());
  const foundation = { live, metrics, log: silentLog as never };
  const set = new ReceiverSet({ foundation, store, audit, outbox, deliveries }, first);
  t.after(set.follow());
  const fault = (cameraId: string) => {
    const times = { since: clock.now(), at: clock.now() };
    store.write(() =>
      outbox.cameraChanged({ cameraId, code: 'X', message: 'x', ...times, state: 'begun' }),
    );
  };
  const records = () =>
    audit.list({ limit: 50 }).map(({ what, target, detail }) => ({ what, target, detail }));
  return { store, clock, lines, outbox, sent, state, configured, set, fault, live, records };
}

describe('ReceiverSet', () => {
  it('starts what is added and ends what is removed, whose deliveries are dropped and counted', async (t) => {
    const { configured, fault, lines, outbox, records, sent, set, state } = setUp(t, ['a', 'b']);
    state.down.add('b/first');
    fault('gate');
    fault('yard');
    await settle();
    const changes = await set.use([configured('a'), configured('c')]);
    assert.deepEqual(changes, { added: ['c'], changed: [], removed: ['b'] });
    fault('door');
    await settle();
    assert.deepEqual(sent, [
      'a/first gate',
      'a/first yard',
      'b/first closed',
      'a/first door',
      'c/first door',
    ]);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('lost')),
      ['lost b receiver_removed', 'lost b receiver_removed'],
    );
    assert.equal(outbox.table.counts('b')['lost:receiver_removed'], 2);
    assert.deepEqual(
      outbox.receivers.map(({ id }) => id),
      ['a', 'c'],
    );
    const removed = records().find(({ what }) => what === 'receiver.removed');
    assert.deepEqual(removed, {
      what: 'receiver.removed',
      target: 'b',
      detail: { waiting: 2, dead: 0 },
    });
  });

  it('keeps queue and order of one that changed, and goes on over its new way at once', async (t) => {
    const { configured, fault, records, sent, set, state } = setUp(t, ['a']);
    state.down.add('a/first');
    for (const camera of ['1', '2', '3']) fault(camera);
    await settle();
    assert.deepEqual(sent, []);
    const changes = await set.use([configured('a', 'second', ['1', '2', '3', '4'])]);
    assert.deepEqual(changes, { added: [], changed: ['a'], removed: [] });
    fault('4');
    fault('5');
    await settle();
    assert.deepEqual(sent, [
      'a/first closed',
      ...['1', '2', '3', '4'].map((camera) => `a/second ${camera}`),
    ]);
    assert.equal(records().filter(({ what }) => what === 'receiver.changed').length, 2);
  });

  it('lets an attempt under way end first: nothing is sent twice, or by two ways at once', async (t) => {
    const { configured, fault, sent, set, state } = setUp(t, ['a']);
    const held = Promise.withResolvers<void>();
    state.hold = held.promise;
    fault('1');
    fault('2');
    await settle();
    const using = set.use([configured('a', 'second')]);
    await settle();
    assert.deepEqual(sent, []);
    state.hold = undefined;
    held.resolve();
    await using;
    await settle();
    assert.deepEqual(sent, ['a/first 1', 'a/first closed', 'a/second 2']);
  });

  it('leaves alone what is alike', async (t) => {
    const { configured, sent, set } = setUp(t, ['a', 'b']);
    assert.deepEqual(await set.use([configured('b'), configured('a')]), {
      ...{ added: [], changed: [], removed: [] },
    });
    assert.deepEqual(sent, []);
  });

  it('tells a new way how cameras are, and the old one to take back what it no longer tells', async (t) => {
    const { configured, live, sent, set } = setUp(t, ['a', 'b', 'c']);
    const status = { since: 0, reconnects: 0, state: 'live' } as const;
    for (const cameraId of ['gate', 'yard']) live.status$.next({ ...status, cameraId });
    sent.length = 0;
    await set.use([
      configured('a', 'second', ['gate']),
      configured('c', 'second', ['gate'], 'elsewhere.example.org'),
    ]);
    assert.deepEqual(sent.sort(), [
      'a/first closed',
      'a/second gate is live',
      // At the same broker: over the new way, which tells of all else.
      'a/second withdraws yard',
      'b/first closed',
      'b/first forgets gate',
      'b/first forgets yard',
      'c/first closed',
      'c/first forgets gate',
      'c/first forgets yard',
      'c/second gate is live',
    ]);
  });

  it('changes nothing where the change cannot be recorded', async (t) => {
    const { configured, fault, outbox, sent, set, store } = setUp(t, ['a', 'b']);
    const empty = fillDisk(store);
    const many = Array.from({ length: 30 }, (_, index) => configured(`more-${index}`));
    await assert.rejects(set.use([configured('a', 'second'), ...many]), (error) =>
      isNightglassError(error, 'STORE_UNWRITABLE'),
    );
    empty();
    assert.deepEqual(
      outbox.receivers.map(({ id }) => id),
      ['a', 'b'],
    );
    sent.length = 0;
    store.retry?.();
    fault('gate');
    await settle();
    assert.deepEqual(sent.sort(), ['a/first gate', 'b/first gate']);
  });
});

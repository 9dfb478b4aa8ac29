import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { pushBounds } from '../../../src/domain/push/push-bounds.ts';
import { pushService } from '../../../src/services/push/push-service.ts';
import { hasOpenssl } from '../../support/gateway/certificates.ts';
import { PushServiceDouble } from '../../support/push/push-service-double.ts';
import { setUpPush } from '../../support/push/push-setup.ts';
import { makeAlert, makeEvidence } from '../../support/store/alert-fixture.ts';

const skip = hasOpenssl ? false : 'no openssl program for certificates';

/** Waits until something holds, in real time: the connections are real. */
async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 60_000; !holds(); ) {
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

describe('alerts on devices that wait for their turn', { skip, timeout: 300_000 }, () => {
  it('go by the rights at their turn, whatever they were when it was asked for', async (t) => {
    await using service = await PushServiceDouble.open();
    const set = setUpPush(t, { service });
    const { alerts, clock, devices, lines, open, store, tokens } = set;
    // They are woken in the order in which they came.
    const subscribe = (path: string) => {
      clock.advance(1);
      return set.subscribe(path);
    };
    // As many as are sent at once hold all turns until the service answers.
    for (let n = 0; n < pushBounds.atOnce; n += 1) subscribe(`/busy/${n}`);
    const others = ['/narrowed', '/revoked', '/removed'].map(subscribe);
    const [narrowed, revoked, removed] = others;
    assert.ok(narrowed && revoked && removed);
    const held = Promise.withResolvers<void>();
    service.hold = held.promise;
    open();
    alerts.insert(makeAlert(1), makeEvidence(1));
    await until(() => service.asked === pushBounds.atOnce, 'all turns are taken');
    // The others have asked for theirs.
    await setImmediate();
    store.write(() =>
      store
        .prepare('UPDATE tokens SET cameras = ? WHERE id = ?')
        .run('["yard"]', narrowed.token.id),
    );
    tokens.revoke(revoked.token.id);
    devices.removeOwn(removed.device.id, removed.token);
    held.resolve();
    await until(() => lines.includes(`lost push:${narrowed.device.id} not_allowed`), 'the loss');
    await until(() => devices.list().length === pushBounds.atOnce + 1, 'the removal');
    await until(() => service.taken.length === pushBounds.atOnce, 'the messages');
    await until(() => lines.filter((line) => line.startsWith('delivered')).length > 15, 'the end');
    assert.deepEqual(
      service.taken.filter(({ path }) => !path.startsWith('/busy')),
      [],
    );
    assert.equal(service.asked, pushBounds.atOnce);
    assert.ok(!lines.some((line) => line.startsWith('failed')), lines.join('\n'));
  });

  it('that do not arrive are a problem of health which tells no number of devices', async (t) => {
    await using service = await PushServiceDouble.open();
    const { alerts, audit, clock, devices, keys, open, subscribe } = setUpPush(t, { service });
    subscribe('/ann');
    const { device } = subscribe('/bob');
    service.answer = (path) => ({ status: path === '/bob' ? 503 : 201 });
    const deliveries = open();
    const { publicKey } = keys;
    const push = pushService({ audit, devices, deliveries, publicKey, fault: null, clock });
    alerts.insert(makeAlert(1), makeEvidence(1));
    await until(() => deliveries.state(device.id)?.fault != null, 'a fault');
    clock.jump(120_000);
    const [problem] = push.problems();
    assert.match(problem?.message ?? '', /^Alerts do not reach some devices \(localhost: .*503/);
    assert.doesNotMatch(problem?.message ?? '', /\b[12]\b/);
  });
});

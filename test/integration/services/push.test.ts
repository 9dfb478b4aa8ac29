import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { hasOpenssl } from '../../support/gateway/certificates.ts';
import { PushServiceDouble } from '../../support/push/push-service-double.ts';
import { setUpPush } from '../../support/push/push-setup.ts';
import {
  alertId,
  makeAlert,
  makeEvidence,
  makeSighting,
} from '../../support/store/alert-fixture.ts';

const skip = hasOpenssl ? false : 'no openssl program for certificates';

type Removal = Readonly<Record<'name' | 'why', string>>;

/** Waits until something holds, in real time: the connections are real. */
async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 60_000; !holds(); ) {
    if (Date.now() > end) assert.fail(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

describe('alerts on devices', { skip, timeout: 300_000 }, () => {
  it('arrive encrypted and signed, in order, without a name or a picture', async (t) => {
    await using service = await PushServiceDouble.open();
    const priorities = { 'list-1': 'urgent' } as const;
    const { alerts, clock, keys, open, outbox, subscribe } = setUpPush(t, { service, priorities });
    const { device } = subscribe('/ann');
    open();
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.sight(alertId(1), makeSighting('t-2', clock.now()), null);
    alerts.review(alertId(1), { action: 'acknowledge', reviewer: 'ann' });
    await until(() => service.taken.length === 3, 'three messages');
    assert.deepEqual(service.faults, []);
    const [first, second, third] = service.taken.map(({ notice }) => notice);
    assert.deepEqual(
      [first?.title, second?.title, third?.title],
      ['Alert', 'Seen again', 'Alert reviewed'],
    );
    assert.equal(first?.text, 'Camera gate: open to look.');
    assert.equal(first?.open, `#/alerts/${alertId(1)}`);
    assert.doesNotMatch(JSON.stringify([first, second, third]), /Ada|person|List|list-1|jpeg/);
    for (const { bytes, headers, vapid } of service.taken) {
      assert.ok(bytes <= 4_096, `${bytes} bytes`);
      assert.equal(headers['content-encoding'], 'aes128gcm');
      assert.deepEqual([headers['urgency'], headers['ttl']], ['high', '86400']);
      assert.equal(vapid.publicKey, keys.publicKey);
      assert.equal(vapid.claims.aud, `https://localhost:${service.port}`);
      assert.equal(vapid.claims.sub, 'mailto:operations@example.org');
    }
    await until(() => outbox.level(`push:${device.id}`).waiting === 0, 'nothing waits');
    assert.equal(outbox.table.counts('push:').delivered, 3, 'devices are counted together');
  });

  it('name people where the rule shows names', async (t) => {
    await using service = await PushServiceDouble.open();
    const { alerts, open, subscribe } = setUpPush(t, { service, names: true });
    subscribe('/ann', {}, { language: 'zh' });
    open();
    alerts.insert(makeAlert(1), makeEvidence(1));
    await until(() => service.taken.length === 1, 'a message');
    assert.match(service.taken[0]?.notice.text, /Ada（名单 List）/);
  });

  it('are tried again until they are taken, in order, and heed Retry-After', async (t) => {
    await using service = await PushServiceDouble.open();
    const { alerts, clock, open, subscribe } = setUpPush(t, { service });
    const { device } = subscribe('/ann');
    service.answer = () => ({ status: 503, headers: { 'retry-after': '600' } });
    const deliveries = open();
    alerts.insert(makeAlert(1), makeEvidence(1));
    alerts.insert(makeAlert(2, { personId: 'person-2' }), makeEvidence(2));
    // The answer has been heard, not only the question: time stands still until then.
    await until(() => (deliveries.state(device.id)?.nextAt ?? null) !== null, 'an attempt');
    clock.advance(599_000);
    assert.equal(service.asked, 1);
    service.answer = () => ({ status: 201 });
    clock.advance(2_000);
    await until(() => service.taken.length === 2, 'both');
    assert.deepEqual(
      service.taken.map(({ notice }) => notice.tag),
      [alertId(1), alertId(2)],
    );
  });

  for (const status of [404, 410]) {
    it(`a device that its push service knows no longer (${status}) is removed, on record`, async (t) => {
      await using service = await PushServiceDouble.open();
      const { alerts, audit, devices, open, outbox, store, subscribe } = setUpPush(t, { service });
      const { device } = subscribe('/ann');
      subscribe('/bob');
      open();
      service.answer = (path) => ({ status: path === '/ann' ? status : 201 });
      alerts.insert(makeAlert(1), makeEvidence(1));
      alerts.insert(makeAlert(2, { personId: 'person-2' }), makeEvidence(2));
      await until(() => devices.list().length === 1, 'the device is gone');
      await until(() => service.taken.length === 2, 'the other one gets both');
      const [record] = audit.list({ what: 'push.device_removed' });
      assert.equal(record?.target, device.id);
      assert.equal((record?.detail as Removal | undefined)?.why, 'gone');
      assert.equal(outbox.table.next(`push:${device.id}`, 0), undefined, 'nothing waits for it');
      const kept = store.prepare('SELECT count(*) AS n FROM outbox_counts').get();
      assert.ok(Number(kept?.['n']) < 5, 'no count a device is kept');
    });
  }

  it('bring each owner what is its own: limited, demoted and revoked ones no more', async (t) => {
    await using service = await PushServiceDouble.open();
    const set = setUpPush(t, { service });
    const { alerts, audit, clock, devices, outbox, store, tokens } = set;
    set.subscribe('/all');
    set.subscribe('/yard', { cameras: ['yard'] });
    set.subscribe('/other-list', { watchlists: ['list-2'] });
    set.subscribe('/viewer', { role: 'viewer' });
    const revoked = set.subscribe('/revoked');
    set.subscribe('/expiring', { expiresAt: clock.now() + 1_000 });
    const narrowed = set.subscribe('/narrowed');
    // All of this is written before anything is sent.
    alerts.insert(makeAlert(1), makeEvidence(1));
    assert.equal(outbox.level(`push:${revoked.device.id}`).waiting, 1);
    tokens.revoke(revoked.token.id);
    clock.jump(2_000);
    store.write(() =>
      store
        .prepare('UPDATE tokens SET cameras = ? WHERE id = ?')
        .run('["yard"]', narrowed.token.id),
    );
    set.open();
    await until(() => service.taken.length > 0 && devices.list().length === 5, 'the message');
    alerts.sight(alertId(1), makeSighting('t-2', clock.now()), null);
    await until(() => service.taken.length === 4, 'the sighting');
    const byPath = Object.groupBy(service.taken, ({ path }) => path);
    assert.deepEqual(Object.keys(byPath).sort(), ['/all', '/narrowed', '/yard']);
    assert.deepEqual(
      byPath['/all']?.map(({ notice }) => notice.title),
      ['Alert', 'Seen again'],
    );
    for (const path of ['/yard', '/narrowed']) {
      assert.doesNotMatch(JSON.stringify(byPath[path]?.map(({ notice }) => notice)), /gate/);
    }
    const gone = audit.list({ what: 'push.device_removed' });
    assert.deepEqual(
      gone
        .map(({ detail }) => detail as Removal)
        .map(({ name, why }) => [name, why])
        .sort(),
      [
        ['/expiring', 'owner_gone'],
        ['/revoked', 'owner_gone'],
      ],
    );
    assert.ok(set.lines.includes(`lost push:${narrowed.device.id} not_allowed`));
  });

  it('keeps devices of who may come back, and sends nothing to them meanwhile', async (t) => {
    await using service = await PushServiceDouble.open();
    const away = new Set<string>();
    const { alerts, audit, clock, devices, lines, open, subscribe } = setUpPush(t, {
      service,
      away,
    });
    const { device, token } = subscribe('/away');
    subscribe('/here');
    alerts.insert(makeAlert(1), makeEvidence(1));
    // What waits already is for nobody either.
    away.add(token.id);
    open();
    await until(() => lines.includes(`lost push:${device.id} not_allowed`), 'the loss');
    devices.sweep();
    assert.equal(devices.list().length, 2);
    assert.deepEqual(audit.list({ what: 'push.device_removed' }), []);
    away.delete(token.id);
    alerts.sight(alertId(1), makeSighting('t-2', clock.now()), null);
    await until(() => service.taken.some(({ path }) => path === '/away'), 'what comes afterwards');
    const taken = service.taken.filter(({ path }) => path === '/away');
    assert.deepEqual(
      taken.map(({ notice }) => notice.title),
      ['Seen again'],
    );
  });

  it('tells viewers of faults of their own cameras', async (t) => {
    await using service = await PushServiceDouble.open();
    const { clock, open, outbox, store, subscribe } = setUpPush(t, { service });
    subscribe('/viewer', { role: 'viewer', cameras: ['yard'] });
    open();
    const fault = {
      code: 'STREAM_STALLED',
      message: 'No frames.',
      since: clock.now(),
      at: clock.now(),
    };
    for (const cameraId of ['gate', 'yard']) {
      store.write(() => outbox.cameraChanged({ ...fault, cameraId, state: 'begun' }));
    }
    await until(() => service.taken.length === 1, 'the fault');
    assert.equal(service.taken[0]?.notice.title, 'Camera yard: fault');
  });

  it('go without a device whose owner was revoked although nothing is sent', async (t) => {
    await using service = await PushServiceDouble.open();
    const { devices, subscribe, tokens } = setUpPush(t, { service });
    const { token } = subscribe('/ann');
    subscribe('/bob');
    tokens.revoke(token.id);
    devices.sweep();
    assert.deepEqual(
      devices.list().map(({ name }) => name),
      ['/bob'],
    );
  });

  it('go to no private network, and follow no redirect', async (t) => {
    await using service = await PushServiceDouble.open();
    const own = setUpPush(t, { service, allow: [] });
    const { device } = own.subscribe('/ann');
    const refused = await own.open().test(device, 'Ann');
    assert.ok(refused !== 'gone' && !refused.taken && /refused/.test(refused.reason));
    assert.equal(service.asked, 0);
    const other = setUpPush(t, { service });
    const { device: led } = other.subscribe('/led');
    service.answer = () => ({ status: 307, headers: { location: 'https://localhost/else' } });
    const redirected = await other.open().test(led, 'Ann');
    assert.ok(redirected !== 'gone' && !redirected.taken && /redirects/.test(redirected.reason));
    assert.equal(service.asked, 1);
  });

  it('are for addresses of push services that are configured, a bounded number of them', async (t) => {
    await using service = await PushServiceDouble.open();
    const { devices, subscribe, tokens } = setUpPush(t, { service });
    const { device, input, token } = subscribe('/ann');
    const codeOf = (changes: Partial<typeof input> & Record<string, string>) => {
      try {
        devices.put({ ...input, ...changes }, token);
      } catch (error) {
        return isNightglassError(error) ? error.code : String(error);
      }
      return 'taken';
    };
    assert.equal(codeOf({ endpoint: 'http://localhost/1' }), 'BAD_REQUEST');
    assert.equal(codeOf({ endpoint: 'https://a:b@localhost/1' }), 'BAD_REQUEST');
    assert.equal(codeOf({ endpoint: 'https://elsewhere.example/1' }), 'FORBIDDEN');
    assert.equal(codeOf({ endpoint: 'https://localhost.example/1' }), 'FORBIDDEN');
    assert.equal(codeOf({ endpoint: `https://localhost/${'a'.repeat(2_000)}` }), 'BAD_REQUEST');
    assert.equal(codeOf({ auth: 'AAAA' }), 'BAD_REQUEST');
    assert.equal(codeOf({ p256dh: input.p256dh.slice(0, -4) }), 'BAD_REQUEST');
    const offCurve = Buffer.from(input.p256dh, 'base64url').fill(7, 1).toString('base64url');
    assert.equal(codeOf({ p256dh: offCurve }), 'BAD_REQUEST');
    // The same browser again is the same device, with other wishes.
    assert.equal(codeOf({ name: 'phone' }), 'taken');
    assert.deepEqual(
      devices.list().map(({ id, name }) => [id, name]),
      [[device.id, 'phone']],
    );
    for (let more = 1; more < 8; more += 1) codeOf({ endpoint: `https://localhost/${more}` });
    assert.equal(codeOf({ endpoint: 'https://localhost/9' }), 'CONFLICT');
    // Somebody else signs in there: it is theirs, and the one before hears no more.
    const { token: other } = tokens.create({ name: 'Bob', role: 'operator' });
    const taken = devices.put(input, other);
    assert.notEqual(taken.id, device.id);
    assert.equal(devices.ofOwner(token.id).length, 7);
    assert.throws(() => devices.removeOwn(taken.id, token), /there is none/);
  });
});

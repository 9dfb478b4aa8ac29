import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { PushDevices } from '../../../../src/services/push/push-devices.ts';
import { resealDevices } from '../../../../src/services/push/reseal-devices.ts';
import {
  keepVapidKeys,
  keptVapidKeys,
  makeVapidKeys,
} from '../../../../src/services/push/vapid-keys.ts';
import { AuditLog } from '../../../../src/store/audit-log.ts';
import { PushKeyTable } from '../../../../src/store/push-key-table.ts';
import { secretBox } from '../../../../src/store/secret-box.ts';
import { browserKeys } from '../../../support/push/push-service-double.ts';
import { openStore } from '../../../support/store/open-store.ts';

const [old, fresh, foreign] = [randomBytes(32), randomBytes(32), randomBytes(32)] as const;

function setUp(t: TestContext) {
  const { clock, store } = openStore(t);
  const audit = new AuditLog({ store, now: clock.now });
  const table = new PushKeyTable(store);
  const made = makeVapidKeys();
  const before = secretBox(() => [old]);
  store.write(() => keepVapidKeys(table, before, made, clock.now()));
  const devicesWith = (key: Buffer) =>
    new PushDevices({
      ...{ store, audit, now: clock.now, hosts: ['push.example.org'], owner: () => null },
      ...{ box: secretBox(() => [key]), onRemove: () => undefined },
    });
  const ann = { id: 'ann', name: 'Ann', role: 'operator', scopes: [] } as const;
  const { auth, p256dh } = browserKeys();
  const endpoint = 'https://push.example.org/1';
  const { id } = devicesWith(old).put(
    { name: 'phone', language: 'en', leastPriority: 'low', endpoint, auth, p256dh },
    { ...ann, cameras: '*', watchlists: '*' },
  );
  const reseal = (...keys: Buffer[]) =>
    store.write(() =>
      resealDevices(
        store,
        secretBox(() => keys),
      ),
    );
  return { table, made, devicesWith, id, endpoint, reseal };
}

describe('resealDevices', () => {
  it('seals key pair and devices with the new key alone', (t) => {
    const { devicesWith, endpoint, id, made, reseal, table } = setUp(t);
    assert.deepEqual(reseal(fresh, old), { sealed: 1, removed: 0 });
    assert.deepEqual(
      keptVapidKeys(
        table,
        secretBox(() => [fresh]),
      ),
      made,
    );
    assert.equal(devicesWith(fresh).address(id).endpoint, endpoint);
    assert.throws(() => devicesWith(old).address(id), { code: 'SECRET_MISSING' });
  });

  it('removes what no key opens: new keys are made at the next start', (t) => {
    const { devicesWith, reseal, table } = setUp(t);
    assert.deepEqual(reseal(fresh, foreign), { sealed: 0, removed: 1 });
    assert.equal(table.get(), undefined);
    assert.deepEqual(devicesWith(fresh).list(), []);
  });
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sweepDevices } from '../../../src/app/sweep-devices.ts';
import { hasOpenssl } from '../../support/gateway/certificates.ts';
import { PushServiceDouble } from '../../support/push/push-service-double.ts';
import { setUpPush } from '../../support/push/push-setup.ts';
import { silentLog } from '../../support/store/open-store.ts';

const skip = hasOpenssl ? false : 'no openssl program for certificates';

it('devices of who is gone are removed once the database can be read again', {
  skip,
}, async (t) => {
  await using service = await PushServiceDouble.open();
  const { clock, devices, store, subscribe, tokens } = setUpPush(t, { service });
  const { token } = subscribe('/ann');
  subscribe('/bob');
  tokens.revoke(token.id);
  const rename = (from: string, to: string) =>
    store.write(() => store.prepare(`ALTER TABLE ${from} RENAME TO ${to}`).run());
  // A fault of SQLite that is neither damage nor a folder that takes no writes.
  rename('tokens', 'away');
  assert.throws(() => devices.sweep(), /no such table/);
  const said: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => void said.push(message) };
  t.after(sweepDevices({ clock, log } as never, devices));
  clock.advance(0);
  clock.advance(30_000);
  assert.deepEqual(new Set(said), new Set(['Devices of those who are gone cannot be removed yet']));
  assert.equal(said.length, 2);
  assert.equal(devices.list().length, 2);
  rename('away', 'tokens');
  clock.advance(30_000);
  assert.deepEqual(
    devices.list().map(({ name }) => name),
    ['/bob'],
  );
});

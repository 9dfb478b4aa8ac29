import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { browserMissing } from '../support/browser/dashboard-built.ts';
import { isFirefox } from '../support/gateway/chromium.ts';
import { open, shown, switchOn, until } from '../support/push/device-page.ts';
import { browserKeys } from '../support/push/push-service-double.ts';

const skip =
  browserMissing || (isFirefox ? 'the worker is reached by the protocol of Chromium' : false);

/** The browser changes the address of this device, as it does by itself. */
const change = (before: string, after: object) => `(async () => {
  const event = new Event('pushsubscriptionchange');
  let work;
  event.waitUntil = (promise) => { work = promise; };
  event.oldSubscription = { endpoint: ${JSON.stringify(before)} };
  PushManager.prototype.subscribe = async () => ({ toJSON: () => (${JSON.stringify(after)}) });
  self.dispatchEvent(event);
  await work;
})()`;

describe('a browser that changes its address', { skip, timeout: 300_000 }, () => {
  it('goes on with alerts while its session lasts, and says so where it does not', async (t) => {
    const { gateway, page, services, signIn } = await open(t, '/site');
    await signIn('ann');
    await switchOn(page);
    const [before] = services.onDevices.devices.list();
    assert.ok(before);
    const worker = page
      .context()
      .serviceWorkers()
      .find((each) => each.url() === `${gateway.address}/sw.js`);
    assert.ok(worker);
    const { auth, p256dh } = browserKeys();
    const renewed = { endpoint: 'https://push.example.org/2', keys: { auth, p256dh } };
    await worker.evaluate(change('https://push.example.org/1', renewed));
    const devices = services.onDevices.devices.list();
    assert.deepEqual(
      devices.map(({ name, owner, host }) => [name, owner, host]),
      [[before.name, 'ann', before.host]],
    );
    assert.notEqual(devices[0]?.fingerprint, before.fingerprint);
    assert.deepEqual(await shown(page), []);

    await page.context().clearCookies();
    await worker.evaluate(change('https://push.example.org/2', renewed));
    const [told] = await until(
      () => shown(page),
      (all) => all.length === 1,
    );
    assert.match(told?.body ?? '', /^Alerts on this device have ended/);
    assert.equal(services.onDevices.devices.list()[0]?.fingerprint, devices[0]?.fingerprint);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../../src/domain/clock.ts';
import { NightglassError } from '../../../src/domain/errors.ts';
import type { CameraEvents } from '../../../src/domain/onvif.ts';
import { watchDeviceEvents } from '../../../src/streams/onvif/watch-events.ts';
import {
  createOnvifDevice,
  type OnvifDevice,
  type OnvifDeviceOptions,
} from '../../support/onvif/onvif-device.ts';

const user = { username: 'admin', password: 'pa55word-never-to-be-seen' };
const motion = { topic: 'tns1:RuleEngine/CellMotionDetector/Motion', item: 'IsMotion' };
const tamper = { topic: 'tns1:RuleEngine/TamperDetector/Tamper', item: 'IsTamper' };
const quick = { initialMs: 100, maxMs: 200, unauthorizedMs: 300 };

/** Hears a device; `until` waits for what it says. */
function listen(device: OnvifDevice, login = user) {
  const seen: CameraEvents[] = [];
  let wake = () => undefined as unknown;
  const stop = watchDeviceEvents({
    access: { address: device.address, ...login },
    clock: systemClock,
    retry: quick,
    onChange(events) {
      seen.push(events);
      wake();
    },
  });
  return {
    seen,
    async until(meant: (events: CameraEvents) => boolean): Promise<CameraEvents> {
      for (;;) {
        const now = seen.at(-1);
        if (now !== undefined && meant(now)) return now;
        await new Promise<void>((resolve) => {
          wake = () => resolve();
        });
      }
    },
    [Symbol.asyncDispose]: stop,
  };
}

const open = (options: Partial<OnvifDeviceOptions> = {}) =>
  createOnvifDevice({ user, profiles: [], ...options });

describe('events of an ONVIF device', { timeout: 60_000 }, () => {
  for (const [what, options] of Object.entries({
    'by UsernameToken': {},
    'by HTTP digest': { login: 'digest' as const },
    'with a clock an hour off': { clockOffsetMs: 3_600_000 },
    'that names another host': { believedHost: '192.0.2.77' },
  })) {
    it(`are heard: motion and tampering, on and off, ${what}`, async () => {
      await using device = await open(options);
      await using events = listen(device);
      await events.until(({ state }) => state === 'listening');
      device.events.notify({ ...motion, value: 'true', operation: 'Initialized' });
      const moving = await events.until(({ motion }) => motion?.active === true);
      assert.equal(moving.tamper, null);
      device.events.notify({ ...tamper, value: '1' });
      await events.until(({ tamper }) => tamper?.active === true);
      device.events.notify({ ...motion, value: 'false' });
      device.events.notify({ ...tamper, value: '1', operation: 'Deleted' });
      const still = await events.until(({ motion, tamper }) => !motion?.active && !tamper?.active);
      assert.equal(still.state, 'listening');
      assert.doesNotMatch(device.heard.join(), new RegExp(user.password));
    });
  }

  it('of several sources hold while one is active; other topics count for nothing', async () => {
    await using device = await open();
    await using events = listen(device);
    await events.until(({ state }) => state === 'listening');
    device.events.notify({ topic: 'tns1:Device/Trigger/Relay', item: 'State', value: 'true' });
    device.events.notify({ ...motion, value: 'nonsense' });
    for (const source of ['a', 'b']) device.events.notify({ ...motion, value: 'true', source });
    await events.until(({ motion }) => motion?.active === true);
    device.events.notify({ ...motion, value: 'false', source: 'a' });
    device.events.notify({ ...tamper, value: 'true' });
    const now = await events.until(({ tamper }) => tamper?.active === true);
    assert.equal(now.motion?.active, true);
    device.events.notify({ ...motion, value: 'false', source: 'b' });
    await events.until(({ motion }) => motion?.active === false);
  });

  it('are subscribed to again after nonsense, a huge answer and a refusal', async () => {
    let odd: string | undefined;
    await using device = await open({
      misbehave: (action) => (action === 'PullMessages' ? odd : undefined),
    });
    await using events = listen(device);
    await events.until(({ state }) => state === 'listening');
    for (const answer of ['<a', 'x'.repeat(2_000_000)]) {
      odd = answer;
      device.events.close();
      const failed = await events.until(({ state }) => state === 'failed');
      assert.equal(failed.reason?.code, 'ONVIF_FAILED');
      odd = undefined;
      await events.until(({ state }) => state === 'listening');
    }
    device.events.notify({ ...tamper, value: 'true' });
    await events.until(({ tamper }) => tamper?.active === true);
    assert.ok(device.events.subscriptions >= 3);
  });

  it('say why they are not heard: login, no answer; without what is secret', async () => {
    await using device = await open();
    await using refused = listen(device, { ...user, password: 'pa55word-wrong' });
    const { reason } = await refused.until(({ state }) => state === 'failed');
    assert.equal(reason?.code, 'STREAM_UNAUTHORIZED');
    assert.doesNotMatch(JSON.stringify(refused.seen), /pa55word/);
    const gone = await open();
    await gone.close();
    await using nobody = listen(gone);
    const why = await nobody.until(({ state }) => state === 'failed');
    assert.equal(why.reason?.code, 'STREAM_UNREACHABLE');
  });

  it('are not asked for where no camera may be: each attempt is looked at', async () => {
    await using device = await open();
    const seen: CameraEvents[] = [];
    let looked = 0;
    const failed = Promise.withResolvers<void>();
    const stop = watchDeviceEvents({
      access: { address: device.address, ...user },
      clock: systemClock,
      retry: { ...quick, failedMs: 100 },
      addresses: async () => {
        looked += 1;
        throw new NightglassError('FORBIDDEN', 'the address is refused');
      },
      onChange(events) {
        seen.push(events);
        if (looked > 1) failed.resolve();
      },
    });
    await failed.promise;
    await stop();
    assert.deepEqual(seen.at(-1)?.reason, { code: 'FORBIDDEN', message: 'the address is refused' });
    assert.equal(device.asked.length, 0);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../../src/domain/clock.ts';
import type { DeviceAccess } from '../../../src/domain/onvif.ts';
import { targetRules } from '../../../src/services/cameras/target-rules.ts';
import { describeDevice, searchDevices } from '../../../src/streams/onvif/onvif-client.ts';
import { createOnvifDevice, type OnvifDeviceOptions } from '../../support/onvif/onvif-device.ts';
import { respondToProbes } from '../../support/onvif/probe-responder.ts';

const user = { username: 'admin', password: 'pa55word-never-to-be-seen' };
const main = {
  token: 'main',
  name: 'Main',
  encoding: 'H264',
  width: 1920,
  height: 1080,
  rate: 25,
  streamUri: 'rtsp://127.0.0.1:554/main',
};
const sub = { ...main, token: 'sub', name: 'Sub', encoding: 'H265', width: 640, height: 360 };

const ask = (access: Omit<DeviceAccess, 'username' | 'password'>, login = user) =>
  describeDevice({ ...access, ...login }, systemClock);

const ordinary: OnvifDeviceOptions = { user, profiles: [main, sub] };

describe('an ONVIF device', () => {
  it('is described: what it is, its profiles and their addresses', async () => {
    await using device = await createOnvifDevice(ordinary);
    const { profiles, ...about } = await ask(device);
    assert.deepEqual(about, {
      manufacturer: 'Example',
      model: 'Virtual 1',
      firmware: '1.2.3',
      serialNumber: '0042',
      clockOffsetSeconds: about.clockOffsetSeconds,
      hasEvents: true,
    });
    assert.ok(Math.abs(about.clockOffsetSeconds ?? 99) <= 2);
    assert.deepEqual(profiles[0], {
      token: 'main',
      name: 'Main',
      codec: 'h264',
      width: 1920,
      height: 1080,
      framesPerSecond: 25,
      streamUri: 'rtsp://127.0.0.1:554/main',
      snapshotUri: `http://127.0.0.1:${device.port}/snapshot?profile=main`,
    });
    assert.deepEqual(
      profiles.map(({ token, codec }) => [token, codec]),
      [
        ['main', 'h264'],
        ['sub', 'hevc'],
      ],
    );
    assert.doesNotMatch(device.heard.join(), new RegExp(user.password));
  });

  it('is asked where its name was found and allowed, and nowhere else', async () => {
    await using device = await createOnvifDevice(ordinary);
    // Nobody else knows the name: the answer shows that the thread did not look it up again.
    const address = `http://camera.invalid:${device.port}/onvif/device_service`;
    const asked: string[] = [];
    const found = await describeDevice({ address, ...user }, systemClock, async (host) => {
      asked.push(host);
      return ['127.0.0.1'];
    });
    assert.equal(found.model, 'Virtual 1');
    assert.deepEqual(asked, ['camera.invalid']);
  });

  it('is not asked where its name leads to an address that is refused', async () => {
    await using device = await createOnvifDevice(ordinary);
    const rules = targetRules(['127.0.0.0/8'], { resolve: async () => ['127.0.0.1'] });
    const address = `http://camera.invalid:${device.port}/onvif/device_service`;
    await assert.rejects(describeDevice({ address, ...user }, systemClock, rules.addresses), {
      code: 'FORBIDDEN',
    });
    assert.deepEqual(device.heard, []);
  });

  it('is unreachable where nobody knows its name', async () => {
    const address = 'http://camera.invalid:80/onvif/device_service';
    await assert.rejects(describeDevice({ address, ...user }, systemClock), {
      code: 'STREAM_UNREACHABLE',
    });
  });

  const kinds: Record<string, Partial<OnvifDeviceOptions>> = {
    'a clock an hour ahead': { clockOffsetMs: 3_600_000 },
    'a clock a year behind': { clockOffsetMs: -365 * 86_400_000 },
    'HTTP digest': { login: 'digest' },
    'HTTP digest and a clock an hour behind': { login: 'digest', clockOffsetMs: -3_600_000 },
    'Media 2': { media2: true },
    'GetCapabilities alone': { old: true },
  };
  for (const [what, options] of Object.entries(kinds)) {
    it(`is described with ${what}`, async () => {
      await using device = await createOnvifDevice({ ...ordinary, ...options });
      const { profiles, clockOffsetSeconds } = await ask(device);
      assert.deepEqual(
        profiles.map(({ name, streamUri }) => [name, streamUri]),
        [
          ['Main', main.streamUri],
          ['Sub', sub.streamUri],
        ],
      );
      const wanted = (options.clockOffsetMs ?? 0) / 1000;
      assert.ok(Math.abs((clockOffsetSeconds ?? 1e9) - wanted) <= 5);
      assert.doesNotMatch(device.heard.join(), new RegExp(user.password));
    });
  }
});

describe('a search for ONVIF devices', () => {
  it('finds one that is asked directly', async () => {
    await using device = await createOnvifDevice(ordinary);
    const { address } = device;
    const scopes = ['onvif://www.onvif.org/name/Front%20door', 'onvif://www.onvif.org/hardware/V1'];
    const responder = await respondToProbes({ address, scopes });
    const found = await searchDevices({
      interfaces: ['127.0.0.1'],
      targets: [`127.0.0.1:${responder.port}`],
      waitMs: 1_000,
      clock: systemClock,
    });
    await responder.close();
    assert.deepEqual(found, [{ address, name: 'Front door', model: 'V1', location: null }]);
    assert.ok(responder.asked.includes('tds:Device'));
  });

  it('finds one by multicast on the named interface', async (context) => {
    const address = 'http://127.0.0.1:81/onvif/device_service';
    const responder = await respondToProbes({
      address,
      scopes: [],
      multicastOn: '127.0.0.1',
    }).catch(() => null);
    if (responder === null)
      return context.skip('this machine has no multicast, or its port is taken');
    const interfaces = ['127.0.0.1'];
    const found = await searchDevices({
      interfaces,
      targets: [],
      waitMs: 1_000,
      clock: systemClock,
    });
    await responder.close();
    assert.deepEqual(
      found.map((device) => device.address),
      [address],
    );
  });
});

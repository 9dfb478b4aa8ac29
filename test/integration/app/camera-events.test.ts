import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { exhaustMap, timer } from 'rxjs';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import type { DeviceEventKind } from '../../../src/domain/onvif.ts';
import { posterFootage } from '../../support/live/poster-footage.ts';
import { type Live, startLive, testPassword, testUser } from '../../support/live/start-live.ts';
import { untilState } from '../../support/live/watch-camera.ts';
import { within } from '../../support/live/within.ts';
import { createOnvifDevice } from '../../support/onvif/onvif-device.ts';

const motion = { topic: 'tns1:RuleEngine/CellMotionDetector/Motion', item: 'IsMotion' };
const tamper = { topic: 'tns1:RuleEngine/TamperDetector/Tamper', item: 'IsTamper' };
const user = { username: testUser, password: testPassword };

function until(what: string, isSo: () => Promise<boolean>): Promise<boolean> {
  return within(60_000, what, timer(0, 100).pipe(exhaustMap(isSo)), Boolean);
}

/** Reloads with events of the camera heard, or without. */
async function choose(live: Live, address: string, events: readonly DeviceEventKind[]) {
  live.reconfigure((raw) => {
    raw['cameras'] = (raw['cameras'] as Record<string, unknown>[]).map((camera) => ({
      ...camera,
      onvif: events.length === 0 ? undefined : { address, events },
    }));
  });
  await live.nightglass.reload();
}

describe('events of a camera by choice', { timeout: 240_000 }, () => {
  it('stand in its state, in metrics and in health, and end with the camera', async () => {
    const wall = await posterFootage([{ seconds: 2, picture: null }]);
    await using live = await startLive({ sources: { wall } });
    await using device = await createOnvifDevice({ user, profiles: [] });
    const { nightglass } = live;
    const client = new NightglassClient({ address: nightglass.address });
    const events = async () => (await client.camera('wall')).status.events;
    const metrics = async () => (await fetch(`${nightglass.address}/metrics`)).text();
    const problems = async () =>
      (await nightglass.services.health()).problems.map(({ code }) => code);
    await untilState(live, 'wall', ['live']);
    assert.equal(await events(), undefined);
    assert.equal(device.asked.length, 0, 'nobody asks a device whose events are not chosen');

    await choose(live, device.address, ['motion', 'tamper']);
    await until('events are heard', async () => (await events())?.state === 'listening');
    const sent = within(
      30_000,
      'the state that clients are sent',
      nightglass.services.status$,
      (status) => status.events?.tamper?.active === true,
    );
    device.events.notify({ ...motion, value: 'true' });
    device.events.notify({ ...tamper, value: 'true' });
    assert.equal((await sent).cameraId, 'wall');
    const now = await events();
    assert.equal(now?.motion?.active, true);
    assert.ok(Math.abs((now.tamper?.since ?? 0) - Date.now()) < 60_000);
    assert.match(await metrics(), /nightglass_camera_event\{camera="wall",event="tamper"\} 1/);
    assert.match(await metrics(), /nightglass_camera_events_heard\{camera="wall"\} 1/);
    assert.ok((await problems()).includes('CAMERA_TAMPERED'));
    device.events.notify({ ...tamper, value: 'false' });
    await until('tampering ends', async () => (await events())?.tamper?.active === false);
    assert.ok(!(await problems()).includes('CAMERA_TAMPERED'));

    await choose(live, device.address, ['tamper']);
    await until('events are heard again', async () => (await events())?.state === 'listening');
    device.events.notify({ ...motion, value: 'true' });
    device.events.notify({ ...tamper, value: 'true' });
    await until('tampering', async () => (await events())?.tamper?.active === true);
    assert.equal((await events())?.motion, null, 'what is not chosen is not heard');

    await device.close();
    await until('the device is gone', async () => (await events())?.state === 'failed');
    assert.ok((await problems()).includes('ONVIF_FAILED'));
    assert.match(await metrics(), /nightglass_camera_events_heard\{camera="wall"\} 0/);
    await untilState(live, 'wall', ['live']);
    await choose(live, device.address, []);
    await untilState(live, 'wall', ['live']);
    assert.equal(await events(), undefined);
    assert.doesNotMatch(await metrics(), /nightglass_camera_events_heard\{/);
    assert.doesNotMatch(live.logged.join(), new RegExp(testPassword));
    assert.doesNotMatch(device.heard.join(), new RegExp(testPassword));
  });

  it('are asked for where no camera may be by nobody, and a kept login needs to be given again', async () => {
    const wall = await posterFootage([{ seconds: 2, picture: null }]);
    await using device = await createOnvifDevice({ user, profiles: [] });
    await using live = await startLive({ sources: { wall } });
    const post = (method: string, path: string, body: unknown) =>
      fetch(`${live.nightglass.address}/api/cameras${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const onvif = (address: string) => ({ address, events: ['motion'] });
    const setup = { url: live.server.url('wall') };
    const refused = await post('POST', '', {
      id: 'side',
      setup: { ...setup, onvif: onvif('http://169.254.169.254/onvif/device_service') },
    });
    assert.equal(refused.status, 403, await refused.text());
    const inAddress = await post('POST', '', {
      id: 'side',
      setup: { ...setup, onvif: onvif('http://admin:pa55word-in-url@127.0.0.1/') },
    });
    assert.equal(inAddress.status, 400);
    assert.doesNotMatch(await inAddress.text(), /pa55word/);
    assert.equal((await post('POST', '', { id: 'side', setup, login: user })).status, 201);
    const change = { setup: { ...setup, onvif: onvif(device.address) } };
    const again = await post('PATCH', '/side', change);
    assert.equal(again.status, 400);
    assert.match(await again.text(), /Enter user name and password again/);
    assert.equal((await post('PATCH', '/side', { ...change, login: user })).status, 200);
    const client = new NightglassClient({ address: live.nightglass.address });
    await until('events of an added camera', async () => {
      return (await client.camera('side')).status.events?.state === 'listening';
    });
    assert.equal((await post('POST', '/side/pause', {})).status, 200);
    // One may be on its way; a device that is still listened to has three in this time.
    const { pulls } = device.events;
    await setTimeout(4_000);
    assert.ok(device.events.pulls <= pulls + 1, 'nobody listens to a camera that is paused');
  });
});

// Over 300 lines: all that goes over one broker, which each test listens to and sends over alike.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import mqtt from 'mqtt';
import { systemClock } from '../../../src/domain/clock.ts';
import type { OutboxMessage } from '../../../src/domain/outbox/message.ts';
import { mqttClientId } from '../../../src/services/outbox/mqtt/client-id.ts';
import { type MqttOptions, MqttSender } from '../../../src/services/outbox/mqtt/mqtt-sender.ts';
import { hasOpenssl, makeAuthority } from '../../support/gateway/certificates.ts';
import { hasMosquitto, openBroker, openProxy } from '../../support/services/mosquitto.ts';
import { makeReceiver, openRules } from '../../support/services/outbox-fixture.ts';
import { silentLog } from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

const at = Date.UTC(2030, 0, 1);
const jpeg = Uint8Array.of(0xff, 0xd8, 1, 2, 3);
const message: OutboxMessage = {
  ...{ id: '01J-0', type: 'nightglass.alert.raised.v1', at, cameraId: 'gate', sequence: 7 },
  data: {
    ...{ kind: 'alert', alertId: '01J', revision: 0, state: 'new', watchlistId: 'vip' },
    ...{ cameraId: 'gate', capturedAt: at, sightings: 0 },
    names: { watchlist: 'VIP', personId: 'p', person: 'Ada' },
  },
  pictures: [{ kind: 'face', contentType: 'image/jpeg', machineMade: false, jpeg }],
};

function senderTo(t: TestContext, port: number, changes: Partial<MqttOptions> = {}) {
  const sender = new MqttSender({
    receiver: makeReceiver('home', {
      rules: { ...openRules, cameras: ['gate'] },
      show: { names: true, scores: false, pictures: ['face'] },
    }),
    ...{ url: new URL(`mqtt://127.0.0.1:${port}`), addresses: async (host: string) => [host] },
    ...{
      version: '5',
      clientId: 'ngtest',
      topic: 'site/nightglass',
      homeAssistant: 'homeassistant',
    },
    ...{ commands: false, log: silentLog },
    ...{ keepPictures: false, timeoutMs: 20_000, clock: systemClock, productVersion: '1' },
    ...changes,
  });
  t.after(() => sender.close());
  return sender;
}

/** Everything that a broker tells who listens, by topic, the newest last. */
async function listen(t: TestContext, port: number, more: mqtt.IClientOptions = {}) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, more);
  const heard = new Map<string, { text: string; bytes: Buffer; retain: boolean }[]>();
  client.on('message', (topic, bytes, { retain }) => {
    heard.set(topic, [...(heard.get(topic) ?? []), { text: bytes.toString(), bytes, retain }]);
  });
  t.after(() => client.endAsync(true));
  await client.subscribeAsync('#', { qos: 1 });
  const until = async (topic: string, text?: RegExp) => {
    for (let turn = 0; turn < 1_500; turn += 1) {
      const found = heard.get(topic)?.findLast((one) => text?.test(one.text) ?? true);
      if (found !== undefined) return found;
      await new Promise((done) => setTimeout(done, 20));
    }
    return assert.fail(`nothing came under ${topic}; heard ${[...heard.keys()].join(', ')}`);
  };
  return { client, heard, until };
}

const skip = hasMosquitto ? false : 'there is no mosquitto (Debian: apt install mosquitto)';

describe('MqttSender with Mosquitto', { skip }, () => {
  for (const version of ['3.1.1', '5'] as const) {
    it(`sends events, the last alert and its picture, by MQTT ${version}`, async (t) => {
      const { port } = await openBroker(t);
      const { until } = await listen(t, port);
      const sender = senderTo(t, port, { version });
      assert.deepEqual(await sender.send(message), { taken: true });
      const event = JSON.parse((await until('site/nightglass/events')).text);
      assert.equal(event.id, '01J-0');
      assert.equal(event.data.names.person, 'Ada');
      assert.equal(event.data.pictures, undefined);
      const picture = await until('site/nightglass/cameras/gate/last_alert/image');
      assert.deepEqual(new Uint8Array(picture.bytes), jpeg);
      const last = await until('site/nightglass/cameras/gate/last_alert');
      assert.equal(JSON.parse(last.text).at, '2030-01-01T00:00:00.000Z');
      // A broker keeps the last alert, but neither its picture nor a name.
      const later = await listen(t, port);
      await later.until('site/nightglass/cameras/gate/last_alert');
      assert.doesNotMatch(JSON.stringify([...later.heard.values()]), /Ada|VIP/);
      assert.ok(!later.heard.has('site/nightglass/cameras/gate/last_alert/image'));
    });
  }

  it('tells Home Assistant of cameras that its rule names, and takes them back', async (t) => {
    const { port } = await openBroker(t);
    const sender = senderTo(t, port);
    const status = { reconnects: 0, since: at };
    sender.camera({ ...status, cameraId: 'gate', state: 'live' });
    sender.camera({ ...status, cameraId: 'yard', state: 'live' });
    sender.camera({ ...status, cameraId: 'gate', state: 'stalled' });
    const first = await listen(t, port);
    const state = await first.until('site/nightglass/cameras/gate/state', /stalled/);
    assert.deepEqual(JSON.parse(state.text), { state: 'stalled', fault: 'on' });
    const ids = new Set<string>();
    for (const [component, key] of [
      ['sensor', 'state'],
      ['binary_sensor', 'fault'],
      ['sensor', 'last_alert'],
      ['image', 'last_alert_image'],
    ] as const) {
      const topic = `homeassistant/${component}/nightglass_gate/${key}/config`;
      const config = JSON.parse((await first.until(topic)).text);
      assert.equal(config.availability_topic, 'site/nightglass/status');
      assert.deepEqual(config.device.identifiers, ['nightglass_gate']);
      assert.match(
        String(config.state_topic ?? config.image_topic),
        /^site\/nightglass\/cameras\/gate\//,
      );
      ids.add(config.unique_id);
    }
    assert.equal(ids.size, 4);
    assert.doesNotMatch([...first.heard.keys()].join(), /yard/);
    // Attempts to connect are no end of the fault.
    sender.camera({ ...status, cameraId: 'gate', state: 'connecting' });
    sender.camera({ ...status, cameraId: 'gate', state: 'backoff' });
    await first.until('site/nightglass/cameras/gate/state', /backoff/);
    const told = first.heard.get('site/nightglass/cameras/gate/state') ?? [];
    assert.ok(told.every(({ text }) => !text.includes('connecting')));
    sender.forget('gate');
    await first.until('homeassistant/sensor/nightglass_gate/state/config', /^$/);
    await first.until('site/nightglass/cameras/gate/last_alert/image', /^$/);
    const later = await listen(t, port);
    await later.until('site/nightglass/status', /online/);
    assert.deepEqual([...later.heard.keys()], ['site/nightglass/status']);
  });

  it('tells states in order: at a connection none is older than what came meanwhile', async (t) => {
    const broker = await openBroker(t);
    const { until, heard } = await listen(t, broker.port);
    const states = ['live', 'stalled', 'backoff', 'live', 'stopped', 'stalled'] as const;
    for (let round = 0; round < 20; round += 1) {
      const proxy = await openProxy(t, broker.port);
      const other = senderTo(t, proxy.port, { topic: `round/${round}`, clientId: `ng${round}` });
      // Before it is connected, while it tells of what it knew, and after.
      for (const state of states) {
        other.camera({ cameraId: 'gate', state });
        await new Promise((done) => setTimeout(done, 1));
      }
      await until(`round/${round}/cameras/gate/state`, /stalled/);
      other.camera({ cameraId: 'gate', state: 'live' });
      await other.send(message);
      await until(`round/${round}/events`);
      await other.close();
      await until(`round/${round}/status`, /offline/);
      const told = heard.get(`round/${round}/cameras/gate/state`) ?? [];
      assert.match(told.at(-1)?.text ?? '', /live/, JSON.stringify(told.map(({ text }) => text)));
    }
  });

  it('has a name of its own at the broker, so that two receivers do not end one another', async (t) => {
    const { port } = await openBroker(t);
    const { until, heard } = await listen(t, port);
    const installations = ['a'.repeat(32), 'b'.repeat(32)];
    const ids = installations.flatMap((each) => [
      mqttClientId(each, 'control-room-of-the-north-gate-1'),
      mqttClientId(each, 'control-room-of-the-north-gate-2'),
    ]);
    assert.equal(new Set(ids).size, 4);
    for (const id of ids) assert.match(id, /^[0-9a-zA-Z]{1,23}$/);
    assert.equal(mqttClientId(installations[0] ?? '', 'control-room-of-the-north-gate-1'), ids[0]);
    for (const clientId of ids) senderTo(t, port, { clientId, topic: clientId });
    for (const id of ids) await until(`${id}/status`, /online/);
    const more = await listen(t, port);
    for (const id of ids) await more.until(`${id}/status`, /online/);
    const told = ids.flatMap((id) => heard.get(`${id}/status`) ?? []);
    assert.ok(
      told.every(({ text }) => text === 'online'),
      'none was thrown out',
    );
  });

  it('lets a broker arm and disarm what its rule names, and nothing else or unasked', async (t) => {
    const { port } = await openBroker(t);
    const { client, heard, until } = await listen(t, port);
    const state = new Map([
      ['camera gate', true],
      ['camera yard', true],
      ['watchlist vip', true],
    ]);
    const all = () =>
      [...state].map(([key, armed]) => {
        const [kind, id = ''] = key.split(' ');
        return { kind: kind as 'camera' | 'watchlist', id, armed };
      });
    const orders: string[] = [];
    const follow = (sender: MqttSender) => {
      sender.takeOrders(({ kind, id }, armed) => {
        orders.push(`${kind} ${id} ${armed}`);
        state.set(`${kind} ${id}`, armed);
        sender.arming(all());
      });
      sender.arming(all());
    };
    const base = 'site/nightglass';
    // Kept by the broker from before: heard at each connection, and not obeyed.
    await client.publishAsync(`${base}/watchlists/vip/armed/set`, 'OFF', { qos: 1, retain: true });
    const sender = senderTo(t, port, { commands: true });
    follow(sender);
    await until(`${base}/cameras/gate/armed`, /^ON$/);
    const config = JSON.parse(
      (await until('homeassistant/switch/nightglass_gate/armed/config')).text,
    );
    assert.equal(config.command_topic, `${base}/cameras/gate/armed/set`);
    assert.equal(config.state_topic, `${base}/cameras/gate/armed`);
    assert.deepEqual([config.payload_on, config.payload_off], ['ON', 'OFF']);
    await until('homeassistant/switch/nightglass_list_vip/armed/config');
    const order = (topic: string, payload: string) =>
      client.publishAsync(`${base}/${topic}/armed/set`, payload, { qos: 1 });
    await order('cameras/yard', 'OFF');
    await order('cameras/gate', 'off with it');
    await order('cameras/gate/x', 'OFF');
    await order('cameras/gate', 'OFF');
    await until(`${base}/cameras/gate/armed`, /^OFF$/);
    await order('watchlists/vip', 'OFF');
    await until(`${base}/watchlists/vip/armed`, /^OFF$/);
    await order('watchlists/vip', 'ON');
    await until(`${base}/watchlists/vip/armed`, /^ON$/);
    assert.deepEqual(orders, ['camera gate false', 'watchlist vip false', 'watchlist vip true']);
    assert.ok(![...heard.keys()].some((topic) => topic.includes('yard/armed/config')));
    // A flood changes no more than its bound.
    for (let turn = 0; turn < 100; turn += 1) await order('cameras/gate', turn % 2 ? 'ON' : 'OFF');
    await order('cameras/gate', 'OFF');
    await new Promise((done) => setTimeout(done, 500));
    assert.ok(orders.length <= 24, `${orders.length} orders`);
    sender.arming([]);
    await until('homeassistant/switch/nightglass_gate/armed/config', /^$/);
    // Without the setting nothing is heard, nor told.
    orders.length = 0;
    heard.clear();
    follow(senderTo(t, port, { clientId: 'ngother', topic: 'other' }));
    await until('other/status', /online/);
    await client.publishAsync('other/cameras/gate/armed/set', 'OFF', { qos: 1 });
    await new Promise((done) => setTimeout(done, 500));
    assert.deepEqual(orders, []);
    assert.ok(!heard.has('other/cameras/gate/armed'));
  });

  /** A proxy that does something to the first SUBSCRIBE, and a receiver that is asked to arm through it. */
  async function orderedThrough(
    t: TestContext,
    onSubscribe: (chunk: Buffer, cut: () => void) => Buffer,
  ) {
    const { port } = await openBroker(t);
    const { client, heard, until } = await listen(t, port);
    let subscriptions = 0;
    const proxy = await openProxy(t, port, (chunk) => {
      if (chunk[0] !== 0x82) return chunk;
      subscriptions += 1;
      return subscriptions === 1 ? onSubscribe(chunk, () => proxy.cut()) : chunk;
    });
    // What would be tried again in half a minute is at once.
    const after = (ms: number, work: () => void) =>
      systemClock.after(ms === 30_000 ? 300 : ms, work);
    const clock = { ...systemClock, after };
    const sender = senderTo(t, proxy.port, { commands: true, timeoutMs: 3_000, clock });
    const orders: string[] = [];
    const take = () =>
      sender.takeOrders(({ kind, id }, armed) => void orders.push(`${kind} ${id} ${armed}`));
    const order = () =>
      client.publishAsync('site/nightglass/cameras/gate/armed/set', 'OFF', { qos: 1 });
    const untilOrdered = async () => {
      for (let turn = 0; turn < 300 && orders.length === 0; turn += 1) {
        await order();
        await new Promise((done) => setTimeout(done, 100));
      }
      assert.equal(orders[0], 'camera gate false');
    };
    return { heard, order, orders, sender, take, until, untilOrdered, times: () => subscriptions };
  }

  it('subscribes anew where the connection is cut while it subscribes', async (t) => {
    const { take, times, untilOrdered } = await orderedThrough(t, (chunk, cut) => {
      cut();
      return chunk;
    });
    take();
    await untilOrdered();
    assert.equal(times(), 2);
  });

  it('subscribes anew where the broker does not answer, and tells of states meanwhile', async (t) => {
    const { heard, sender, take, times, until, untilOrdered } = await orderedThrough(t, (chunk) =>
      chunk.subarray(2 + (chunk[1] ?? 0)),
    );
    take();
    sender.camera({ cameraId: 'gate', state: 'live' });
    await until('site/nightglass/cameras/gate/state', /live/);
    await untilOrdered();
    assert.equal(times(), 2);
    assert.ok(heard.get('site/nightglass/status')?.every(({ text }) => text === 'online'));
  });

  it('subscribes to no orders before somebody takes them', async (t) => {
    const { order, orders, take, times, until, untilOrdered } = await orderedThrough(
      t,
      (all) => all,
    );
    await until('site/nightglass/status', /online/);
    await order();
    await order();
    assert.deepEqual([orders, times()], [[], 0]);
    take();
    take();
    await untilOrdered();
    assert.equal(times(), 1);
  });

  it('has the broker say that it is gone, and says so itself when it ends', async (t) => {
    const { port } = await openBroker(t);
    const { until, heard } = await listen(t, port);
    const proxy = await openProxy(t, port);
    const sender = senderTo(t, proxy.port);
    await until('site/nightglass/status', /online/);
    proxy.cut();
    await until('site/nightglass/status', /offline/);
    heard.clear();
    assert.deepEqual(await sender.send(message), { taken: true });
    await until('site/nightglass/status', /online/);
    await sender.close();
    await until('site/nightglass/status', /offline/);
  });

  it('takes nothing for sent while the broker is away', async (t) => {
    const broker = await openBroker(t);
    const sender = senderTo(t, broker.port);
    assert.equal((await sender.send(message)).taken, true);
    await broker.stop();
    const attempt = await sender.send(message);
    assert.equal(attempt.taken, false);
    assert.match(attempt.taken ? '' : attempt.reason, /^127\.0\.0\.1:\d+: E/);
    await broker.start();
    const { until } = await listen(t, broker.port);
    assert.equal((await sender.send(message)).taken, true);
    await until('site/nightglass/events');
  });

  it('logs in, and quotes no password where that fails', async (t) => {
    const login = { username: 'site', password: 'never-to-be-seen' };
    const { port } = await openBroker(t, { login });
    assert.deepEqual(await senderTo(t, port, login).send(message), { taken: true });
    const bad = await senderTo(t, port, { ...login, password: 'not-to-be-seen' }).send(message);
    assert.equal(bad.taken, false);
    assert.doesNotMatch(JSON.stringify(bad), /to-be-seen/);
  });

  it('speaks TLS to the broker that is meant, and to no other', {
    skip: hasOpenssl ? false : 'there is no openssl',
  }, async (t) => {
    const authority = makeAuthority('of the broker');
    const { certificate, key } = authority.issue('DNS:localhost');
    const folder = temporaryFolder(t);
    const tls = { certificate: join(folder, 'broker.pem'), key: join(folder, 'broker.key') };
    writeFileSync(tls.certificate, certificate);
    writeFileSync(tls.key, key);
    const { port } = await openBroker(t, { tls });
    const url = new URL(`mqtts://localhost:${port}`);
    const addresses = async () => ['127.0.0.1'];
    const good = senderTo(t, port, { url, addresses, ca: authority.certificate });
    assert.deepEqual(await good.send(message), { taken: true });
    const others = [{ ca: makeAuthority('of another').certificate }, {}];
    for (const trust of others) {
      const attempt = await senderTo(t, port, { url, addresses, ...trust }).send(message);
      assert.equal(attempt.taken, false);
    }
    const named = new URL(`mqtts://broker.invalid:${port}`);
    const other = senderTo(t, port, { url: named, addresses, ca: authority.certificate });
    const attempt = await other.send(message);
    assert.match(attempt.taken ? '' : attempt.reason, /ERR_TLS_CERT_ALTNAME_INVALID/);
  });
});

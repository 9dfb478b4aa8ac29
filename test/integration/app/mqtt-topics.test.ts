import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import mqtt from 'mqtt';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { posterFootage } from '../../support/live/poster-footage.ts';
import { startLive, testList } from '../../support/live/start-live.ts';
import { hasMosquitto, openBroker } from '../../support/services/mosquitto.ts';

/** What a broker keeps under each topic, as it changes. */
async function keptBy(t: TestContext, port: number) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  const kept = new Map<string, string>();
  client.on('message', (topic, bytes) => {
    if (bytes.byteLength === 0) kept.delete(topic);
    else kept.set(topic, bytes.toString());
  });
  t.after(() => client.endAsync(true));
  await client.subscribeAsync('#', { qos: 1 });
  /** Topics without that of the status and those of orders, as soon as they are these. */
  const until = async (wanted: readonly string[]) => {
    const topics = () => [...kept.keys()].filter((topic) => !/\/(status|set)$/.test(topic)).sort();
    const text = JSON.stringify([...wanted].sort());
    for (let turn = 0; turn < 1_500 && JSON.stringify(topics()) !== text; turn += 1) {
      await new Promise((done) => setTimeout(done, 40));
    }
    assert.deepEqual(topics(), [...wanted].sort());
  };
  return { client, kept, until };
}

function ofCamera(id: string, topic = 'nightglass') {
  const entity = (component: string, key: string) =>
    `homeassistant/${component}/nightglass_${id}/${key}/config`;
  return [
    ...[`${topic}/cameras/${id}/state`, `${topic}/cameras/${id}/armed`],
    ...[entity('sensor', 'state'), entity('binary_sensor', 'fault')],
    ...[entity('sensor', 'last_alert'), entity('switch', 'armed')],
  ];
}

function ofList(id: string, topic = 'nightglass') {
  return [
    `${topic}/watchlists/${id}/armed`,
    `homeassistant/switch/nightglass_list_${id}/armed/config`,
  ];
}

const skip = hasMosquitto ? false : 'there is no mosquitto (Debian: apt install mosquitto)';

describe('what a broker keeps', { skip, timeout: 240_000 }, () => {
  it('goes with cameras and lists, and with the rule and the topic that it was told by', async (t) => {
    const { port } = await openBroker(t);
    const { client, until } = await keptBy(t, port);
    const wall = await posterFootage([{ seconds: 2, picture: null }]);
    const receiver = (topic: string, rules: object = {}) => ({
      ...{ id: 'home', rules },
      mqtt: {
        ...{ url: `mqtt://127.0.0.1:${port}`, allow: ['127.0.0.0/8'], topic },
        ...{ homeAssistant: 'homeassistant', commands: true },
      },
    });
    await using live = await startLive({
      sources: { wall, door: wall },
      config: { receivers: [receiver('nightglass')] },
    });
    const api = new NightglassClient({ address: live.nightglass.address });
    const both = [...ofCamera('wall'), ...ofCamera('door')];
    await until([...both, ...ofList(testList)]);
    // Heard from the start.
    await client.publishAsync('nightglass/cameras/wall/armed/set', 'OFF', { qos: 1 });
    const isArmed = async (id: string) =>
      (await api.arming()).find((each) => each.id === id)?.armed;
    for (let turn = 0; turn < 1_500 && (await isArmed('wall')) !== false; turn += 1) {
      await new Promise((done) => setTimeout(done, 40));
    }
    assert.equal(await isArmed('wall'), false);

    const { id: other } = await api.createWatchlist({
      ...{ name: 'Other', purpose: 'test', legalBasis: 'nobody on it exists' },
      ...{ authorisation: 'T-2', owner: 'tests', cameras: '*' },
    });
    await until([...both, ...ofList(testList), ...ofList(other)]);
    await api.removeWatchlist(other);
    await until([...both, ...ofList(testList)]);

    const reload = async (change: (raw: Record<string, unknown>) => void) => {
      live.reconfigure(change);
      return live.nightglass.reload();
    };
    const changes = await reload((raw) => {
      raw['cameras'] = (raw['cameras'] as { id: string }[]).filter(({ id }) => id !== 'door');
    });
    assert.deepEqual(changes.removed, ['door']);
    await until([...ofCamera('wall'), ...ofList(testList)]);
    await reload((raw) => {
      raw['receivers'] = [receiver('nightglass', { watchlists: ['none'] })];
    });
    await until(ofCamera('wall'));
    await reload((raw) => {
      raw['receivers'] = [receiver('site')];
    });
    await until([...ofCamera('wall', 'site'), ...ofList(testList, 'site')]);
    await reload((raw) => {
      raw['receivers'] = [];
    });
    await until([]);
  });
});

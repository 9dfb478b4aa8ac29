import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { eventSchemas } from '../../../src/gateway/schemas/messages.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { call, errorCode, list, open, services } from '../../support/gateway/gateway-in-test.ts';

const access = () =>
  new FakeAccess({
    viewer: {},
    operator: { role: 'operator' },
    ann: { role: 'reviewer' },
    'yard-only': { role: 'reviewer', cameras: ['yard'] },
    'list-1-only': { role: 'reviewer', watchlists: ['list-1'] },
  });

async function setUp() {
  const address = await open({ openOnLoopback: false, access: access() });
  services.lists.create({ ...list, name: 'Everywhere', cameras: '*' });
  services.lists.create({ ...list, name: 'Of the yard', cameras: ['yard'] });
  const arm = (token: string, path: string, json: unknown) =>
    call<{ armed: boolean }>(`${address}/api/arming/${path}`, { method: 'POST', token, json });
  const seen = async (token: string) => {
    const { body } = await call<{ arming: { kind: string; id: string; armed: boolean }[] }>(
      `${address}/api/arming`,
      { token },
    );
    return body.arming.map(({ kind, id, armed }) => `${kind} ${id} ${armed}`);
  };
  return { address, arm, seen };
}

describe('/api/arming', () => {
  it('arms and disarms for reviewers, by name and on record', async () => {
    const { address, arm } = await setUp();
    const off = { armed: false, minutes: 30 };
    assert.equal((await arm('operator', 'camera/gate', off)).status, 403);
    assert.equal((await arm('ann', 'camera/gate', off)).status, 200);
    const client = new NightglassClient({ address, token: 'ann' });
    const gate = (await client.arming()).find(({ id }) => id === 'gate');
    assert.deepEqual([gate?.armed, gate?.by, gate?.cause], [false, 'ann', 'order']);
    assert.equal((gate?.until ?? 0) - (gate?.since ?? 0), 1_800_000);
    assert.equal((await client.endArmingOrder('camera', 'gate')).armed, true);
    const records = services.audit.list({ limit: 10 }).filter(({ target }) => target === 'gate');
    assert.deepEqual(
      records.map(({ who, what }) => `${who} ${what}`),
      ['operator access.denied', 'ann camera.disarmed', 'ann camera.armed'],
    );
  });

  it('refuses what makes no sense, and what is not there', async () => {
    const { arm } = await setUp();
    for (const [path, json, status] of [
      ['camera/gate', { armed: false, minutes: 0 }, 400],
      ['camera/gate', { armed: false, minutes: 5, until: 5 }, 400],
      ['camera/gate', { armed: false, until: 5 }, 400],
      ['camera/gate', { armed: false, minutes: 10_081 }, 400],
      ['camera/gate', {}, 400],
      ['door/gate', { armed: false }, 400],
      ['camera/nowhere', { armed: false }, 404],
      ['watchlist/gate', { armed: false }, 404],
    ] as const) {
      assert.equal(
        (await arm('ann', path, json)).status,
        status,
        `${path} ${JSON.stringify(json)}`,
      );
    }
  });

  it('shows and lets a limited token change what is its own alone', async () => {
    const { arm, seen } = await setUp();
    const off = { armed: false };
    assert.deepEqual(await seen('viewer'), ['camera gate true', 'camera yard true']);
    assert.deepEqual(await seen('yard-only'), [
      ...['camera yard true', 'watchlist list-1 true', 'watchlist list-2 true'],
    ]);
    assert.deepEqual(await seen('list-1-only'), [
      ...['camera gate true', 'camera yard true', 'watchlist list-1 true'],
    ]);
    for (const [token, path, status] of [
      ['yard-only', 'camera/gate', 404],
      ['yard-only', 'camera/yard', 200],
      ['yard-only', 'watchlist/list-1', 403],
      ['yard-only', 'watchlist/list-2', 200],
      ['list-1-only', 'camera/gate', 403],
      ['list-1-only', 'watchlist/list-2', 404],
      ['list-1-only', 'watchlist/list-1', 200],
    ] as const) {
      const answer = await arm(token, path, off);
      assert.equal(answer.status, status, `${token} ${path} ${errorCodeOf(answer)}`);
    }
  });

  it('tells of each change over the socket, to who may know of it', async () => {
    const { address, arm } = await setUp();
    const clients = new Map<string, EventSocket>();
    for (const token of ['operator', 'viewer', 'yard-only']) {
      const client = await EventSocket.open(`${address}/ws`, { token });
      await client.until('authenticated');
      client.send({ type: 'subscribe', topics: ['arming'] });
      await client.until('subscribed');
      clients.set(token, client);
    }
    await arm('ann', 'watchlist/list-1', { armed: false });
    await arm('ann', 'camera/gate', { armed: false });
    await arm('ann', 'camera/yard', { armed: false, minutes: 5 });
    const heard = async (token: string, count: number) => {
      const all: string[] = [];
      for (let n = 0; n < count; n += 1) {
        const event = eventSchemas.arming.parse(await clients.get(token)?.next());
        all.push(`${event.source} ${event.data.armed} ${event.data.by}`);
      }
      return all;
    };
    const [ofList, ofGate, ofYard] = [
      '/watchlists/list-1 false ann',
      '/cameras/gate false ann',
      '/cameras/yard false ann',
    ];
    assert.deepEqual(await heard('operator', 3), [ofList, ofGate, ofYard]);
    assert.deepEqual(await heard('viewer', 2), [ofGate, ofYard]);
    assert.deepEqual(await heard('yard-only', 2), [ofList, ofYard]);
  });
});

function errorCodeOf({ status, body }: { status: number; body: unknown }): string {
  return status >= 400 ? errorCode(body) : '';
}

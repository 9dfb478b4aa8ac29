import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { exhaustMap, timer } from 'rxjs';
import type { EncodedSource } from '../../../demo/media/encoded-source.ts';
import { NightglassClient } from '../../../src/client/nightglass-client.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { weekdays } from '../../../src/domain/schedule.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { demoFootage } from '../../support/live/demo-footage.ts';
import { posterFootage } from '../../support/live/poster-footage.ts';
import { startLive } from '../../support/live/start-live.ts';
import { untilState } from '../../support/live/watch-camera.ts';
import { within } from '../../support/live/within.ts';
import { openWebhook } from '../../support/services/webhook.ts';
import { temporaryFolder } from '../../support/store/temporary-folder.ts';

function until(what: string, isSo: () => Promise<boolean>): Promise<boolean> {
  return within(60_000, what, timer(0, 100).pipe(exhaustMap(isSo)), Boolean);
}

describe('a reload of the configuration', () => {
  it('with a file that names no camera any more is refused, unless it is forced', async () => {
    const wall = await posterFootage([{ seconds: 2, picture: null }]);
    await using live = await startLive({ sources: { wall } });
    const { address, services } = live.nightglass;
    const cameras = async () => (await services.cameras.list()).map(({ id }) => id);
    const post = (path: string, body?: unknown) =>
      fetch(`${address}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body ?? {}),
      });
    const list = {
      name: 'Elsewhere',
      purpose: 'test',
      legalBasis: 'nobody on it exists',
      authorisation: 'T-1',
      owner: 'tests',
    };
    const unknown = await post('/api/watchlists', { ...list, cameras: ['wall', 'nowhere'] });
    assert.equal(unknown.status, 400);
    assert.match(await unknown.text(), /nowhere/);
    assert.equal((await post('/api/watchlists', { ...list, cameras: ['wall'] })).status, 201);

    live.reconfigure((raw) => {
      raw['cameras'] = [];
    });
    const refused = await fetch(`${address}/api/cameras/reload`, { method: 'POST' });
    assert.equal(refused.status, 409);
    assert.match(await refused.text(), /names no camera any more/);
    const command = ['config', 'reload', '--address', address];
    const plain = await runCommand(command);
    assert.equal(plain.code, 1, plain.stderr);
    assert.match(plain.stderr, /names no camera any more.*--force.*\(CONFLICT\)/s);
    assert.deepEqual(await cameras(), ['wall']);
    const forced = await runCommand([...command, '--force', '--json']);
    assert.equal(forced.code, 0, forced.stderr);
    assert.deepEqual(JSON.parse(forced.stdout), {
      ...{ added: [], changed: [], removed: ['wall'] },
      receivers: { added: [], changed: [], removed: [] },
    });
    assert.deepEqual(await cameras(), []);
  });

  it('applies zones and times to a camera that stays connected; a mask opens it again', async () => {
    const { cameras } = await demoFootage();
    const sources = Object.fromEntries(cameras.map(({ name, source }) => [name, source]));
    await using live = await startLive({ sources: { lobby: sources['lobby'] as EncodedSource } });
    const { nightglass, server } = live;
    const client = new NightglassClient({ address: nightglass.address });
    const change = async (settings: Readonly<Record<string, unknown>>) => {
      live.reconfigure((raw) => {
        raw['cameras'] = (raw['cameras'] as Record<string, unknown>[]).map((camera) => ({
          ...camera,
          ...settings,
        }));
      });
      assert.deepEqual((await nightglass.reload()).changed, ['lobby']);
    };
    const faces = async () => (await client.camera('lobby')).recent.faces;
    await untilState(live, 'lobby', ['live']);
    await until('faces', async () => (await faces()) > 0);
    const { accepted } = server;
    const { since } = (await client.camera('lobby')).status;

    // A zone in the corner of the floor, in which no face ever is.
    const points = [
      [0, 0.98],
      [0.02, 0.98],
      [0.02, 1],
    ];
    await change({ zones: [{ name: 'corner', points }] });
    const detail = await client.camera('lobby');
    assert.equal(detail.scene.zones[0]?.name, 'corner');
    await until('faces left out by the zone', async () => {
      return ((await client.camera('lobby')).recent.rejected['zone'] ?? 0) > 0;
    });
    const inThreeDays = weekdays[(new Date().getUTCDay() + 2) % 7];
    const times = [{ days: [inThreeDays], from: '08:00', to: '09:00' }];
    await change({ schedule: { timeZone: 'UTC', times, otherwise: 'connected' } });
    await untilState(live, 'lobby', ['scheduled_off']);
    const dropped = () => nightglass.ledger.drops().find(({ reason }) => reason === 'schedule');
    await until('pictures left out by the schedule', async () => (dropped()?.count ?? 0) > 0);
    await change({ schedule: undefined, zones: [] });
    await untilState(live, 'lobby', ['live']);
    const before = await faces();
    await until('faces again', async () => (await faces()) > before);
    assert.equal((await client.camera('lobby')).status.since, since);
    assert.equal(server.camera('lobby').stats.sessions, 1);
    assert.equal(server.accepted, accepted, 'no connection but the first');

    await change({ masks: [{ x: 0, y: 0, width: 0.1, height: 0.1 }] });
    await until('another connection', async () => server.accepted > accepted);
    await untilState(live, 'lobby', ['live']);
    await nightglass.close();
    assert.equal(nightglass.ledger.live, 0);
  });

  it('takes other receivers, with new secrets too, and refuses those that cannot be reached', async (t) => {
    const [one, other] = [await openWebhook(t), await openWebhook(t)];
    const secretFile = join(temporaryFolder(t), 'hook.secret');
    writeFileSync(secretFile, `whsec_${Buffer.alloc(32, 1).toString('base64')}`);
    const receiver = (id: string, url: string) => ({
      id,
      webhook: { url, secret: { file: secretFile }, allow: ['127.0.0.1'] },
    });
    await using live = await startLive({
      sources: {},
      config: { receivers: [receiver('one', one.url)] },
    });
    const client = new NightglassClient({ address: live.nightglass.address });
    const use = async (...receivers: object[]) => {
      live.reconfigure((raw) => {
        raw['receivers'] = receivers;
      });
      return (await live.nightglass.reload()).receivers;
    };
    const none = { added: [], changed: [], removed: [] };
    assert.equal((await client.testReceiver('one')).ok, true);
    const both = [receiver('one', one.url), receiver('other', other.url)];
    assert.deepEqual(await use(...both), { ...none, added: ['other'] });
    assert.equal((await client.testReceiver('other')).ok, true);
    assert.deepEqual(await use(...both), none);
    writeFileSync(secretFile, `whsec_${Buffer.alloc(32, 2).toString('base64')}`);
    assert.deepEqual(await use(...both), { ...none, changed: ['one', 'other'] });
    assert.equal((await client.testReceiver('one')).ok, true);
    const [before, after] = one.received.map(({ headers }) => headers['webhook-signature']);
    assert.notEqual(before, after);
    assert.deepEqual(await use(receiver('one', other.url)), {
      ...{ added: [], changed: ['one'], removed: ['other'] },
    });
    assert.equal((await client.testReceiver('one')).ok, true);
    assert.equal(one.received.length, 2);
    assert.equal(other.received.length, 2);
    // Not in a private network that it does not name: what there is stays.
    await assert.rejects(use({ id: 'two', webhook: { url: 'http://127.0.0.1:9/' } }), (error) =>
      isNightglassError(error, 'CONFIG_INVALID'),
    );
    assert.deepEqual(
      (await client.receivers()).map(({ id }) => id),
      ['one'],
    );
    assert.ok(live.logged.every((line) => !line.includes('restart to apply')));
  });

  it('says where nothing answers', async () => {
    const { code, stderr } = await runCommand([
      'config',
      'reload',
      '--address',
      'http://127.0.0.1:9',
    ]);
    assert.equal(code, 4, stderr);
    assert.match(stderr, /nothing answers at http:\/\/127\.0\.0\.1:9/);
  });
});

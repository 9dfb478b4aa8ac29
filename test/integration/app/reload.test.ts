import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runCommand } from '../../support/cli/run-command.ts';
import { posterFootage } from '../../support/live/poster-footage.ts';
import { startLive } from '../../support/live/start-live.ts';

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
    assert.deepEqual(JSON.parse(forced.stdout), { added: [], changed: [], removed: ['wall'] });
    assert.deepEqual(await cameras(), []);
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

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { type Clock, systemClock } from '../../../src/domain/clock.ts';
import { defaultLimits } from '../../../src/domain/gateway-limits.ts';
import { EventSocket } from '../../support/gateway/event-socket.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';
import { gateway, open } from '../../support/gateway/gateway-in-test.ts';
import { upgradeStatus } from '../../support/gateway/upgrade-status.ts';

describe('who may connect', () => {
  const access = () => new FakeAccess({ secret: { role: 'viewer' } });

  it('takes the token in the subprotocol, and never echoes it', async () => {
    const address = await open({ openOnLoopback: false, access: access() });
    const client = await EventSocket.open(`${address}/ws`, { token: 'secret' });
    assert.equal((await client.next())['role'], 'viewer');
    assert.equal(client.socket.protocol, 'nightglass.v1');
    await client.close();
  });

  it('takes the token in the first message', async () => {
    const client = await EventSocket.open(
      `${await open({ openOnLoopback: false, access: access() })}/ws`,
    );
    client.send({ type: 'auth', token: 'secret' });
    assert.deepEqual(await client.next(), {
      type: 'authenticated',
      name: 'secret',
      role: 'viewer',
    });
    await client.close();
  });

  it('closes with 4401 for a wrong token, none in time, or another message first', async () => {
    const address = await open({
      openOnLoopback: false,
      access: access(),
      limits: { authTimeMs: 20 },
    });
    const wrong = await EventSocket.open(`${address}/ws`, { token: 'guess' });
    assert.equal(await wrong.closed, 4401);
    const silent = await EventSocket.open(`${address}/ws`);
    assert.equal(await silent.closed, 4401);
    const hasty = await EventSocket.open(`${address}/ws`);
    hasty.send({ type: 'subscribe', topics: ['alerts'] });
    assert.equal(await hasty.closed, 4401);
    assert.equal(hasty.heard[0]?.['code'], 'UNAUTHENTICATED');
  });

  it('closes a client whose token was revoked, at the next heart-beat', async () => {
    const tokens = access();
    const address = await open({
      openOnLoopback: false,
      access: tokens,
      limits: { heartbeatMs: 30 },
    });
    const client = await EventSocket.open(`${address}/ws`, { token: 'secret' });
    await client.until('authenticated');
    tokens.tokens.clear();
    assert.equal(await client.closed, 4401);
  });

  it('limits the wrong tokens of an address, and lets in who shows a right one there', async () => {
    const address = await open({
      openOnLoopback: false,
      access: access(),
      limits: { maxAuthFailures: 2 },
    });
    for (let n = 0; n < 2; n += 1) {
      assert.equal(
        await (await EventSocket.open(`${address}/ws`, { token: 'guess' })).closed,
        4401,
      );
    }
    const guess = { 'sec-websocket-protocol': 'nightglass.v1, nightglass.token.guess' };
    assert.equal(await upgradeStatus(address, '/ws', guess), 429);
    const late = await EventSocket.open(`${address}/ws`);
    late.send({ type: 'auth', token: 'guess' });
    assert.equal(await late.closed, 4029);
    const known = await EventSocket.open(`${address}/ws`, { token: 'secret' });
    assert.equal((await known.next()).type, 'authenticated');
    const saysLater = await EventSocket.open(`${address}/ws`);
    saysLater.send({ type: 'auth', token: 'secret' });
    assert.equal((await saysLater.next()).type, 'authenticated');
    await Promise.all([known.close(), saysLater.close()]);
  });

  it('refuses foreign origins, re-bound names, tokens in the URL, unknown paths, and too many', async () => {
    const address = await open({ limits: { maxClients: 1 } });
    const port = new URL(address).port;
    assert.equal(await upgradeStatus(address, '/ws', { origin: 'https://evil.example' }), 403);
    assert.equal(await upgradeStatus(address, '/ws', { origin: 'null' }), 403);
    assert.equal(await upgradeStatus(address, '/ws', { host: `evil.example:${port}` }), 403);
    assert.equal(await upgradeStatus(address, '/ws?token=secret', {}), 400);
    assert.equal(await upgradeStatus(address, '/elsewhere', {}), 404);
    assert.equal(await upgradeStatus(address, '/preview/..%2f..', {}), 404);
    assert.equal(await upgradeStatus(address, '/ws', { origin: address }), 101);
    const client = await EventSocket.open(`${address}/ws`);
    assert.equal(await upgradeStatus(address, '/ws', {}), 429);
    await client.close();
  });

  it('lets go of a refused client that never closes its side', async () => {
    const { port } = new URL(await open());
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    const refused = new Promise((resolve) => socket.once('end', resolve));
    socket.resume();
    socket.write(
      `GET /elsewhere HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    await refused;
    // Would wait for ever for the half-open socket.
    await gateway?.close();
    socket.destroy();
  });

  it('goes on when the token store cannot be read for a while', async () => {
    const tokens = access();
    let beat = (): void => undefined;
    const clock: Clock = {
      ...systemClock,
      after(ms, callback) {
        if (ms !== defaultLimits.heartbeatMs) return systemClock.after(ms, callback);
        beat = callback;
        return () => undefined;
      },
    };
    const address = await open({ openOnLoopback: false, access: tokens, clock });
    const client = await EventSocket.open(`${address}/ws`, { token: 'secret' });
    assert.equal((await client.next()).type, 'authenticated');
    tokens.authenticate = () => {
      throw new Error('disk I/O error');
    };
    assert.doesNotThrow(() => beat());
    client.send({ type: 'subscribe', topics: ['tracks'] });
    assert.equal((await client.next()).type, 'subscribed');
    await client.close();
  });
});

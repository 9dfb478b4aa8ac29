import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { networkOf } from '../../../src/gateway/access/client-address.ts';
import { ConnectionPool } from '../../../src/gateway/access/connection-pool.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const limits = {
  maxConnections: 100,
  maxConnectionsPerToken: 100,
  maxStrangers: 100,
  maxStrangersPerAddress: 100,
};

async function setUp(t: TestContext, changes: Partial<typeof limits>, proxies: string[] = []) {
  const warnings: object[] = [];
  const pool = new ConnectionPool({
    clock: new FakeClock(),
    log: { warn: (details) => warnings.push(details) },
    proxies: (address) => proxies.includes(address),
    limits: { ...limits, ...changes },
  });
  const server: Server = createServer();
  pool.follow(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clients: Socket[] = [];
  t.after(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  /** A client, and the server's end of its connection. */
  async function dial(localAddress = '127.0.0.1') {
    const client = connect({ port, host: '127.0.0.1', localAddress });
    client.on('error', () => undefined);
    clients.push(client);
    const [end] = (await once(server, 'connection')) as [Socket];
    const closed = once(client.resume(), 'close');
    return { client, end, closed };
  }
  return { pool, dial, warnings };
}

describe('ConnectionPool', () => {
  it('lets the oldest stranger of an address make room, and nobody of another address', async (t) => {
    const { pool, dial, warnings } = await setUp(t, { maxStrangersPerAddress: 2 });
    const other = await dial('127.0.0.9');
    const first = await dial();
    await dial();
    await dial();
    await first.closed;
    assert.equal(other.client.destroyed, false);
    assert.deepEqual(pool.size, { all: 3, strangers: 3 });
    assert.deepEqual(warnings, [{ count: 1, all: 3, strangers: 3 }]);
  });

  it('never ends a connection that is known, however many strangers come', async (t) => {
    const { pool, dial } = await setUp(t, { maxStrangers: 2, maxStrangersPerAddress: 2 });
    const known = await dial();
    pool.known(known.end, 'desk');
    for (let n = 0; n < 20; n += 1) await dial();
    assert.equal(known.client.destroyed, false);
    assert.deepEqual(pool.size, { all: 3, strangers: 2 });
  });

  it('makes room for a newcomer at its end of all connections only among strangers', async (t) => {
    const { pool, dial } = await setUp(t, { maxConnections: 2 });
    const known = await dial();
    pool.known(known.end, 'desk');
    const stranger = await dial();
    const next = await dial();
    await stranger.closed;
    pool.known(next.end, 'desk');
    const refused = await dial();
    await refused.closed;
    assert.equal(known.client.destroyed, false);
    assert.equal(next.client.destroyed, false);
  });

  it('refuses a token more connections than it may have, and counts those that end', async (t) => {
    const { pool, dial } = await setUp(t, { maxConnectionsPerToken: 1 });
    const first = await dial();
    pool.known(first.end, 'desk');
    const second = await dial();
    assert.throws(() => pool.known(second.end, 'desk'), { code: 'TOO_MANY_REQUESTS' });
    pool.known(second.end, 'other');
    first.client.destroy();
    await once(first.end, 'close');
    pool.known((await dial()).end, 'desk');
    assert.deepEqual(pool.size, { all: 2, strangers: 0 });
  });

  it('does not count by address what a proxy of ours brings', async (t) => {
    const { pool, dial } = await setUp(t, { maxStrangersPerAddress: 1 }, ['127.0.0.1']);
    for (let n = 0; n < 3; n += 1) await dial();
    assert.equal(pool.size.strangers, 3);
  });
});

describe('networkOf', () => {
  it('takes an IPv4 address as it is, an IPv6 address by its network', () => {
    assert.equal(networkOf('192.0.2.7'), '192.0.2.7');
    assert.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7');
    assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
    assert.equal(networkOf('2001:DB8:0001:2::9'), '2001:db8:1:2::/64');
    assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0::/64');
    assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
    assert.equal(networkOf('::1'), '0:0:0:0::/64');
  });
});

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { clientAddress, trustedProxies } from '../../../src/gateway/access/client-address.ts';

function request(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress }, headers } as never;
}

describe('clientAddress', () => {
  const none = trustedProxies([]);
  const ours = trustedProxies(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);

  it('is the other end, and no header changes that without a proxy of ours', () => {
    assert.equal(clientAddress(request('192.0.2.9'), none), '192.0.2.9');
    assert.equal(clientAddress(request('192.0.2.9', '1.1.1.1'), none), '192.0.2.9');
    assert.equal(clientAddress(request('192.0.2.9', '1.1.1.1'), ours), '192.0.2.9');
    assert.equal(clientAddress(request('::ffff:192.0.2.9'), none), '192.0.2.9');
    assert.equal(clientAddress(request(undefined), ours), '');
  });

  it('is whom our proxies name, not whom the client names', () => {
    const forwarded = '6.6.6.6, 192.0.2.9, 10.1.1.1';
    assert.equal(clientAddress(request('::ffff:127.0.0.1', forwarded), ours), '192.0.2.9');
    assert.equal(clientAddress(request('fd00::1', '2001:db8::7'), ours), '2001:db8::7');
  });

  it('is the proxy where it names nobody, or nonsense', () => {
    for (const forwarded of [undefined, '', 'unknown', '1.1.1.1, evil', '10.0.0.1:80']) {
      assert.equal(clientAddress(request('10.0.0.1', forwarded), ours), '10.0.0.1');
    }
  });
});

describe('trustedProxies', () => {
  it('refuses what is no address or network', () => {
    for (const entry of ['', 'proxy', '10.0.0.0/33', '10.0.0.0/a', '10.0.0']) {
      assert.throws(() => trustedProxies([entry]), RangeError, entry);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultLimits } from '../../../src/domain/gateway-limits.ts';
import { Authenticator, bearerToken } from '../../../src/gateway/access/authenticator.ts';
import { Limiter } from '../../../src/gateway/access/limiter.ts';
import { checkOrigin, isLoopback } from '../../../src/gateway/access/origin-guard.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeAccess } from '../../support/gateway/fake-access.ts';

describe('isLoopback', () => {
  it('knows the addresses that stay on this machine', () => {
    for (const address of [
      '127.0.0.1',
      '127.1.2.3',
      '::1',
      '[::1]',
      'localhost',
      '::ffff:127.0.0.1',
    ]) {
      assert.ok(isLoopback(address), address);
    }
    for (const address of [
      '0.0.0.0',
      '::',
      '',
      '10.0.0.1',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
    ]) {
      assert.ok(!isLoopback(address), address);
    }
  });
});

describe('checkOrigin', () => {
  const local = { remoteAddress: '127.0.0.1', open: true };

  it('wants this machine by name and by place where no token is asked for', () => {
    checkOrigin({ ...local, headers: { host: '127.0.0.1:8480' } });
    checkOrigin({ ...local, headers: { host: '[::1]:8480' } });
    assert.throws(() => checkOrigin({ ...local, headers: {} }));
    assert.throws(() => checkOrigin({ ...local, headers: { host: 'rebound.example' } }));
    assert.throws(() =>
      checkOrigin({ headers: { host: 'localhost' }, remoteAddress: '10.0.0.9', open: true }),
    );
  });

  it('takes any name with tokens, yet no foreign origin', () => {
    const remote = { remoteAddress: '10.0.0.9', open: false };
    checkOrigin({
      ...remote,
      headers: { host: 'control.example', origin: 'https://control.example' },
    });
    assert.throws(() =>
      checkOrigin({
        ...remote,
        headers: { host: 'control.example', origin: 'https://evil.example' },
      }),
    );
  });

  it('lets a link from elsewhere open the page, not frame or fetch it', () => {
    const headers = {
      host: 'localhost',
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
    };
    checkOrigin({ ...local, headers: { ...headers, 'sec-fetch-dest': 'document' } });
    assert.throws(() =>
      checkOrigin({ ...local, headers: { ...headers, 'sec-fetch-dest': 'iframe' } }),
    );
    assert.throws(() =>
      checkOrigin({ ...local, headers: { ...headers, 'sec-fetch-mode': 'no-cors' } }),
    );
  });
});

describe('Limiter', () => {
  it('blocks an address after its failures, for what is left of a minute', () => {
    const clock = new FakeClock();
    const limiter = new Limiter(clock, 2);
    limiter.count('a');
    assert.equal(limiter.blockedFor('a'), 0);
    clock.advance(20_000);
    limiter.count('a');
    assert.equal(limiter.blockedFor('a'), 40);
    assert.equal(limiter.blockedFor('b'), 0);
    clock.advance(40_000);
    assert.equal(limiter.blockedFor('a'), 0);
  });

  it('takes no more than its limit in a minute, without counting what it refuses', () => {
    const clock = new FakeClock();
    const limiter = new Limiter(clock, 1);
    assert.equal(limiter.take('a'), 0);
    clock.advance(15_000);
    assert.equal(limiter.take('a'), 45);
    clock.advance(45_000);
    assert.equal(limiter.take('a'), 0);
    assert.equal(limiter.take('b'), 0);
  });

  it('remembers a bounded number of addresses', () => {
    const limiter = new Limiter(new FakeClock(), 1);
    for (let n = 0; n <= 10_000; n += 1) limiter.count(`address-${n}`);
    assert.equal(limiter.blockedFor('address-0'), 0);
    assert.equal(limiter.blockedFor('address-10000'), 60);
  });
});

describe('Authenticator', () => {
  const options = {
    clock: new FakeClock(),
    maxFailures: 5,
    maxLogins: 5,
    sessions: defaultLimits,
  };

  it('is open on loopback alone, and only when asked to be', () => {
    const access = new FakeAccess({ token: {} });
    const open = (host: string, openOnLoopback: boolean) =>
      new Authenticator({ ...options, host, openOnLoopback, access }).open;
    assert.equal(open('127.0.0.1', true), true);
    assert.equal(open('127.0.0.1', false), false);
    assert.equal(open('0.0.0.0', true), false);
  });

  it('refuses to serve others without a token', () => {
    const access = new FakeAccess();
    assert.throws(
      () => new Authenticator({ ...options, host: '0.0.0.0', openOnLoopback: true, access }),
      /Cannot open the gateway on 0\.0\.0\.0/,
    );
  });

  it('reads the bearer scheme alone', () => {
    assert.equal(bearerToken(undefined), undefined);
    assert.equal(bearerToken('Bearer abc'), 'abc');
    assert.equal(bearerToken('bearer abc'), 'abc');
    for (const header of ['Basic dXNlcjpw', 'Bearer', 'Bearer a b', 'Bearer é']) {
      assert.throws(() => bearerToken(header), /use `Authorization: Bearer`/, header);
    }
  });
});

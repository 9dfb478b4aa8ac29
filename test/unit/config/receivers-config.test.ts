import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configuredReceivers } from '../../../src/app/configured-receivers.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { silentLog } from '../../../src/domain/log.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const secret = 'never-to-be-seen-0123456789-abcdef';
const webhook = { url: 'https://hooks.example.org/x', secret: { env: 'HOOK' } };

function receiversOf(...receivers: object[]) {
  return parseConfig(JSON.stringify({ receivers })).config;
}

function open(receiver: object, env: NodeJS.ProcessEnv = { HOOK: secret }) {
  const config = receiversOf(receiver);
  return configuredReceivers({
    ...{ config, baseDir: '/', dataDir: '/nowhere', env, clock: new FakeClock(), log: silentLog },
  });
}

describe('receivers of the configuration', () => {
  it('shows nothing and sends everything unless told otherwise', () => {
    const [{ receiver } = assert.fail()] = open({ id: 'desk', webhook });
    assert.deepEqual(receiver.show, { names: false, scores: false, pictures: [] });
    assert.equal(receiver.host, 'hooks.example.org');
    assert.equal(receiver.rules.watchlists, '*');
    assert.equal(receiver.rules.quietHours, null);
    assert.doesNotMatch(JSON.stringify(receiver), /never-to-be-seen|HOOK|\/x/);
  });

  it('takes an address that is a secret from the environment', () => {
    const url = { env: 'URL' };
    const env = { URL: 'https://api.example.org/bot1:SECRET/send' };
    const [{ receiver } = assert.fail()] = open({ id: 'chat', webhook: { url } }, env);
    assert.equal(receiver.host, 'api.example.org');
    assert.throws(
      () => open({ id: 'chat', webhook: { url } }, {}),
      (error) => isNightglassError(error, 'SECRET_MISSING'),
    );
  });

  it('knows brokers and mailboxes, by host alone', () => {
    const mqtt = { url: 'mqtts://broker.example.org', username: 'u', password: { env: 'HOOK' } };
    const email = {
      ...{ host: 'mail.example.org', from: 'a@example.org', to: ['b@example.org'] },
      ...{ username: 'u', password: { env: 'HOOK' } },
    };
    const [{ receiver: home } = assert.fail()] = open({ id: 'home', mqtt });
    assert.deepEqual([home.by, home.host], ['mqtt', 'broker.example.org']);
    const [{ receiver: desk } = assert.fail()] = open({ id: 'desk', email });
    assert.deepEqual([desk.by, desk.host], ['email', 'mail.example.org:587']);
    const ssl = { ...email, tls: 'implicit' };
    assert.equal(open({ id: 'desk', email: ssl })[0]?.receiver.host, 'mail.example.org:465');
    for (const bad of [
      { id: 'home', mqtt: { ...mqtt, url: 'mqtt://broker.example.org' } },
      { id: 'desk', email: { ...email, tls: 'none' } },
    ]) {
      assert.throws(() => open(bad), /networks of one's own alone, which "allow" names/);
    }
    assert.throws(() => open({ id: 'home', mqtt }, {}), /HOOK is not set/);
    for (const invalid of [
      { id: 'x', mqtt: { ...mqtt, url: 'mqtts://u:p@broker.example.org' } },
      { id: 'x', mqtt: { ...mqtt, topic: 'a/#' } },
      { id: 'x', email: { ...email, from: 'a@example.org\r\nBcc: c@example.org' } },
      { id: 'x', mqtt, email },
      { id: 'x' },
    ]) {
      assert.throws(
        () => receiversOf(invalid),
        (error) => isNightglassError(error, 'CONFIG_INVALID'),
        JSON.stringify(invalid),
      );
    }
  });

  it('refuses what would not do, and quotes no secret', () => {
    const bad: [object, RegExp][] = [
      [{ id: 'a', webhook: { ...webhook, url: 'http://hooks.example.org/SECRET' } }, /allow/],
      [{ id: 'a', webhook: { ...webhook, secret: { env: 'SHORT' } } }, /fewer than 24 bytes/],
      [{ id: 'a', webhook: { url: { env: 'NOTURL' } } }, /https:/],
      [{ id: 'a', webhook: { url: { env: 'LOGIN' } } }, /credentials/],
    ];
    const env = {
      ...{ HOOK: secret, SHORT: 'SECRET', NOTURL: 'SECRET text' },
      LOGIN: 'https://u:SECRET@example.org/',
    };
    for (const [receiver, why] of bad) {
      assert.throws(
        () => open(receiver, env),
        (error) =>
          isNightglassError(error, 'CONFIG_INVALID') &&
          why.test(error.message) &&
          !/SECRET/.test(`${error.message} ${error.hint}`),
        JSON.stringify(receiver),
      );
    }
    const invalid: [object, RegExp][] = [
      [{ id: 'a', webhook: { ...webhook, template: { text: '{{password}}' } } }, /no other fields/],
      [{ id: 'a', webhook, show: { pictures: ['enhanced'] } }, /beside "enhanced"/],
      [{ id: 'a', webhook, rules: { quietExcept: 'urgent' } }, /quietHours/],
      [{ id: 'a', webhook: { url: webhook.url, oldSecret: { env: 'HOOK' } } }, /"secret" beside/],
      [{ id: 'a', webhook: { ...webhook, allow: ['example.org'] } }, /IP address or network/],
    ];
    for (const [receiver, why] of invalid) {
      assert.throws(() => receiversOf(receiver), why, JSON.stringify(receiver));
    }
    assert.throws(() => receiversOf({ id: 'a', webhook }, { id: 'a', webhook }), /unique/);
  });
});

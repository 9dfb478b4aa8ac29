import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/config/load-config.ts';

const parsed = (timestamp: object) =>
  parseConfig(JSON.stringify({ evidence: { timestamp } })).config.evidence.timestamp;

describe('evidence.timestamp', () => {
  it('needs an address alone', () => {
    assert.equal(parseConfig('evidence: {}').config.evidence.timestamp, undefined);
    const { url, timeout, headers } = parsed({ url: 'http://tsa.example.org/' }) ?? assert.fail();
    assert.deepEqual(
      { url, timeout, headers },
      { ...{ url: 'http://tsa.example.org/' }, timeout: 10_000, headers: {} },
    );
  });

  it('refuses what cannot be asked, and secrets in the clear', () => {
    const headers = { authorization: { env: 'TSA' } };
    const refused: [object, RegExp][] = [
      [{}, /url/],
      [{ url: 'tsa' }, /must be an address/],
      [{ url: 'ftp://tsa.example.org/' }, /must start with http/],
      [{ url: 'http://tsa.example.org/', headers }, /must start with https:\/\/ where headers/],
      [{ url: 'https://a:b@tsa.example.org/' }, /must not hold credentials/],
      [{ url: 'https://tsa.example.org/', timeout: '99ms' }, /timeout/],
      [{ url: 'https://tsa.example.org/', timeout: '61s' }, /timeout/],
      [{ url: 'https://tsa.example.org/', policy: '1.2' }, /policy/],
    ];
    for (const [timestamp, why] of refused) {
      assert.throws(() => parsed(timestamp), why, JSON.stringify(timestamp));
    }
    assert.ok(parsed({ url: 'http://127.0.0.1/', headers }));
    assert.ok(parsed({ url: 'https://tsa.example.org/', headers }));
  });
});

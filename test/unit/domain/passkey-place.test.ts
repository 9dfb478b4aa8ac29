import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { passkeyFault, passkeyPlace } from '../../../src/domain/passkey-place.ts';

describe('passkeyPlace', () => {
  it('is the host by HTTPS, or of this machine', () => {
    for (const [origin, rpId] of [
      ['https://nightglass.example.org', 'nightglass.example.org'],
      ['https://nightglass.example.org:8443', 'nightglass.example.org'],
      ['https://1.2.3.4.example.org', '1.2.3.4.example.org'],
      ['http://localhost:8080', 'localhost'],
      ['http://night.localhost:8080', 'night.localhost'],
    ] as const) {
      assert.deepEqual(passkeyPlace(origin), { origin, rpId });
    }
  });

  it('is no IP address, however it is written, and no other name by plain HTTP', () => {
    for (const [origin, fault] of [
      ['https://192.0.2.1', 'address'],
      ['https://0x7f.1', 'address'],
      ['http://127.0.0.1:8080', 'address'],
      ['https://[2001:db8::1]:8443', 'address'],
      ['', 'address'],
      ['http://nightglass.example.org', 'insecure'],
      ['http://notlocalhost', 'insecure'],
      ['http://localhost.example.org', 'insecure'],
    ] as const) {
      assert.equal(passkeyFault(origin), fault, origin);
      assert.throws(
        () => passkeyPlace(origin),
        (error) => isNightglassError(error, 'PASSKEY_UNAVAILABLE'),
      );
    }
  });
});

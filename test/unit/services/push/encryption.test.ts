import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encryptNotification, vapidHeaders } from '@block65/webcrypto-web-push';
import { makeVapidKeys } from '../../../../src/services/push/vapid-keys.ts';
import { browserKeys, decryptPush, readVapid } from '../../../support/push/push-service-double.ts';

/** RFC 8291, appendix A. */
const example = {
  keys: {
    privateKey: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
    p256dh:
      'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
  body: 'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  text: 'When I grow up, I want to be a watermelon',
};

describe('encryption of what push services pass on', () => {
  it("reads the RFC's own example: the other side of this test is right", () => {
    const body = Buffer.from(example.body, 'base64url');
    assert.equal(decryptPush(body, example.keys).toString(), example.text);
    const changed = Buffer.from(body);
    changed[100] = (changed[100] ?? 0) ^ 1;
    assert.throws(() => decryptPush(changed, example.keys));
  });

  it('is read by the browser alone, and never longer than what every service takes', async () => {
    const keys = browserKeys();
    const { p256dh, auth } = keys;
    const to = {
      endpoint: 'https://push.example.org/1',
      expirationTime: null,
      keys: { p256dh, auth },
    };
    for (const length of [0, 1, 500, 3_993]) {
      const text = Buffer.alloc(length, 'n');
      const body = Buffer.from(await encryptNotification(to, text));
      assert.equal(body.byteLength, 4_096, 'its length tells nothing of what it holds');
      assert.deepEqual(Buffer.from(decryptPush(body, keys)), text);
      assert.throws(() => decryptPush(body, browserKeys()));
    }
    await assert.rejects(async () => encryptNotification(to, Buffer.alloc(3_994)), /maximum/);
  });

  it('is signed for one push service and for hours alone', async () => {
    const keys = makeVapidKeys();
    const { p256dh, auth } = browserKeys();
    const to = {
      endpoint: 'https://push.example.org/1',
      expirationTime: null,
      keys: { p256dh, auth },
    };
    const { headers } = await vapidHeaders(to, { ...keys, subject: 'mailto:a@example.org' });
    const { claims, publicKey } = readVapid(headers.authorization);
    assert.equal(publicKey, keys.publicKey);
    assert.equal(claims.aud, 'https://push.example.org');
    assert.equal(claims.sub, 'mailto:a@example.org');
    const hours = (claims.exp - Date.now() / 1000) / 3600;
    assert.ok(hours > 0 && hours <= 24, `${hours} hours`);
    assert.throws(() => readVapid(headers.authorization.replace('t=', 't=A')));
  });
});

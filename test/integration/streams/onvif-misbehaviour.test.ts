import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { systemClock } from '../../../src/domain/clock.ts';
import { isNightglassError } from '../../../src/domain/errors.ts';
import { describeDevice, searchDevices } from '../../../src/streams/onvif/onvif-client.ts';
import { hasOpenssl, makeAuthority } from '../../support/gateway/certificates.ts';
import {
  createOnvifDevice,
  type OnvifDevice,
  type OnvifDeviceOptions,
} from '../../support/onvif/onvif-device.ts';
import { respondToProbes } from '../../support/onvif/probe-responder.ts';
import { envelope } from '../../support/onvif/soap-text.ts';

const user = { username: 'admin', password: 'pa55word-never-to-be-seen' };
const profile = (token: string, name: string) => ({
  token,
  name,
  encoding: 'H264',
  width: 1920,
  height: 1080,
  rate: 25,
  streamUri: `rtsp://127.0.0.1:554/${token}`,
});
const ordinary: OnvifDeviceOptions = { user, profiles: [profile('a', 'Main')] };

const ask = ({ address }: OnvifDevice, login = user, tls?: { fingerprint: string }) =>
  describeDevice({ address, ...login, tls }, systemClock);

const fails = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(isNightglassError(error), String(error));
  assert.deepEqual([error.code, message.test(error.message)], [code, true], error.message);
  assert.doesNotMatch(`${error.message} ${error.hint} ${error.stack}`, /pa55word/);
  return true;
};

/** Entities of entities: ten to the ninth characters where they are replaced. */
const bomb = `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">${'bcdefghi'
  .split('')
  .map((name, index) => {
    const before = 'abcdefgh'[index];
    return `<!ENTITY ${name} "${`&${before};`.repeat(10)}">`;
  })
  .join(
    '',
  )}]>${envelope('<tds:GetDeviceInformationResponse><tds:Model>&i;</tds:Model></tds:GetDeviceInformationResponse>').replace(/^<\?xml.*\n/, '')}`;
const stolen = bomb.replace(
  /<!DOCTYPE.*\]>/,
  '<!DOCTYPE b [<!ENTITY i SYSTEM "file:///etc/hostname">]>',
);

describe('an ONVIF device that misbehaves', () => {
  it('is refused a wrong password, by both ways of login', async () => {
    for (const login of ['token', 'digest'] as const) {
      await using device = await createOnvifDevice({ ...ordinary, login });
      const wrong = { ...user, password: 'pa55word-wrong' };
      await assert.rejects(ask(device, wrong), fails('STREAM_UNAUTHORIZED', /refused the login/));
    }
  });

  it('takes names and passwords that XML and Latin-1 do not, by digest', async () => {
    const odd = { username: 'a<b&c', password: 'pässwörd-密码' };
    await using device = await createOnvifDevice({ ...ordinary, user: odd, login: 'digest' });
    assert.equal((await ask(device, odd)).profiles.length, 1);
  });

  it('has two profiles of one name, which stay apart, and one token twice, which does not', async () => {
    const profiles = [profile('a', 'Main'), profile('b', 'Main'), profile('b', 'Other')];
    await using device = await createOnvifDevice({ ...ordinary, profiles });
    const described = (await ask(device)).profiles;
    assert.deepEqual(
      described.map(({ token, name, streamUri }) => [token, name, streamUri]),
      [
        ['a', 'Main', 'rtsp://127.0.0.1:554/a'],
        ['b', 'Main', 'rtsp://127.0.0.1:554/b'],
      ],
    );
  });

  it('sends a huge answer, which ends at its bound', async () => {
    const misbehave = (action: string) =>
      action === 'GetProfiles' ? 'x'.repeat(16 * 1024 * 1024) : undefined;
    await using device = await createOnvifDevice({ ...ordinary, misbehave });
    await assert.rejects(ask(device), fails('ONVIF_FAILED', /longer than/));
  });

  it('sends much in many profiles, of which so many are looked at', async () => {
    const profiles = Array.from({ length: 40 }, (_, n) => profile(`p${n}`, 'n'.repeat(5_000)));
    await using device = await createOnvifDevice({ ...ordinary, profiles });
    const described = (await ask(device)).profiles;
    assert.equal(described.length, 32);
    assert.ok(described.every(({ name }) => name.length === 100));
  });

  it('never answers, until its time is over', async () => {
    const misbehave = () => new Promise<string>(() => undefined);
    await using device = await createOnvifDevice({ ...ordinary, misbehave });
    await assert.rejects(ask(device), fails('ONVIF_FAILED', /within|timeout/i));
  });

  const oddities: Record<string, string> = {
    'malformed XML': '<s:Envelope><s:Body><tds:GetDeviceInf',
    'no XML': 'Hello',
    nothing: '',
    'an entity bomb': bomb,
    'an entity of a file': stolen,
    'elements nested deep': envelope(`${'<a>'.repeat(60_000)}${'</a>'.repeat(60_000)}`),
    'names of the language': envelope(
      '<tds:GetDeviceInformationResponse><__proto__><model>x</model></__proto__><constructor>y</constructor></tds:GetDeviceInformationResponse>',
    ),
  };
  for (const [what, odd] of Object.entries(oddities)) {
    it(`sends ${what} in place of all: a coded failure or an empty description`, async () => {
      await using device = await createOnvifDevice({ ...ordinary, misbehave: () => odd });
      await assert.rejects(ask(device), fails('ONVIF_FAILED', /./));
    });
    it(`sends ${what} where it is to say what it is`, async () => {
      const misbehave = (action: string) => (action === 'GetDeviceInformation' ? odd : undefined);
      await using device = await createOnvifDevice({ ...ordinary, misbehave });
      const said = await ask(device).then(
        (device) => JSON.stringify([device.model, device.manufacturer]),
        (error: unknown) => {
          fails('ONVIF_FAILED', /./)(error);
          return 'failed';
        },
      );
      assert.match(said, /^(failed|\[null,null\])$/);
    });
  }

  it('answers questions about an address with nonsense: the profile has none', async () => {
    const misbehave = (action: string) => (action === 'GetStreamUri' ? 'Hello' : undefined);
    await using device = await createOnvifDevice({ ...ordinary, misbehave });
    assert.equal((await ask(device)).profiles[0]?.streamUri, null);
  });

  it('names another host for its services: nothing is asked there', async () => {
    const strangers: string[] = [];
    await using stranger = await createOnvifDevice({
      profiles: [],
      misbehave: (action) => {
        strangers.push(action);
        return undefined;
      },
    });
    const believedHost = `localhost:${stranger.port}`;
    await using device = await createOnvifDevice({ ...ordinary, believedHost });
    assert.equal((await ask(device)).profiles.length, 1);
    assert.deepEqual(strangers, []);
  });

  it('is believed over https by its fingerprint alone', { skip: !hasOpenssl }, async () => {
    const { certificate: cert, key } = makeAuthority('camera').issue('DNS:camera');
    await using device = await createOnvifDevice({ ...ordinary, tls: { key, cert } });
    const fingerprint = new X509Certificate(cert).fingerprint256;
    assert.equal((await ask(device, user, { fingerprint })).profiles.length, 1);
    const heard = device.heard.length;
    await assert.rejects(ask(device), fails('STREAM_UNREACHABLE', new RegExp(fingerprint)));
    const other = createHash('sha256').update('another').digest('hex');
    await assert.rejects(
      ask(device, user, { fingerprint: other }),
      fails('STREAM_UNREACHABLE', /not the one/),
    );
    assert.equal(device.heard.length, heard, 'nothing was said to it');
  });
});

describe('answers to a search', () => {
  const address = 'http://127.0.0.1:8000/onvif/device_service';
  const search = async (
    answer: (relatesTo: string, ordinary: string) => readonly (string | Buffer)[],
    scopes: readonly string[] = [],
  ) => {
    const responder = await respondToProbes({ address, scopes, answer });
    const targets = [`127.0.0.1:${responder.port}`];
    try {
      return await searchDevices({
        interfaces: ['127.0.0.1'],
        targets,
        waitMs: 800,
        clock: systemClock,
      });
    } finally {
      await responder.close();
    }
  };

  it('count where they are answers, and lead to no other machine', async () => {
    const found = await search((_, ordinary) => [
      ordinary.replace(address, 'http://203.0.113.9/onvif/device_service http://[::1]/x'),
      ordinary.replace(address, 'file:///etc/hostname'),
      ordinary.replace(address, 'http://user:secret@203.0.113.9:81/x#y'),
    ]);
    assert.deepEqual(
      found.map(({ address }) => address),
      ['http://127.0.0.1/onvif/device_service', 'http://127.0.0.1:81/x'],
    );
  });

  it('are nothing where they answer somebody else, or are no XML, bombs or too long', async () => {
    const found = await search((id, ordinary) => [
      ordinary.replace(id, 'urn:uuid:another'),
      'Hello',
      Buffer.alloc(1_000, 0xff),
      bomb,
      ordinary.replace('dn:NetworkVideoTransmitter', 'x'.repeat(17_000)),
    ]);
    assert.deepEqual(found, []);
  });

  it('are so many at most', async () => {
    const found = await search((_, ordinary) =>
      Array.from({ length: 400 }, (_, n) =>
        ordinary.replace(address, `http://127.0.0.1:${n + 1}/`),
      ),
    );
    assert.ok(found.length > 0 && found.length <= 256, String(found.length));
  });

  it('say names that are cut and shown as text', async () => {
    const name = `onvif://www.onvif.org/name/${encodeURIComponent(`<b>\n\u202e${'x'.repeat(500)}`)}`;
    const [device] = await search(
      (_, ordinary) => [ordinary],
      [name, 'onvif://www.onvif.org/location/%'],
    );
    assert.equal(device?.name?.length, 100);
    assert.match(device?.name ?? '', /^<b> x+$/);
    assert.equal(device?.location, '%');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNightglassError } from '../../../../src/domain/errors.ts';
import { leadsElsewhere, namesSecret } from '../../../../src/services/cameras/camera-addresses.ts';
import { targetRules } from '../../../../src/services/cameras/target-rules.ts';

const url = 'rtsp://192.0.2.10:554/stream1';

describe('leadsElsewhere', () => {
  it('lets a login stay with its machine and protection', () => {
    const before = { url, previewUrl: 'rtsp://192.0.2.10/stream2' };
    assert.equal(leadsElsewhere(before, { url: 'rtsp://192.0.2.10:554/other', masks: [] }), false);
    assert.equal(
      leadsElsewhere({ url: 'rtsp://CAM.example/a' }, { url: 'rtsp://cam.example/b' }),
      false,
    );
    for (const after of [
      { url: 'rtsp://192.0.2.11:554/stream1' },
      { url: 'rtsp://192.0.2.10:8554/stream1' },
      { url: 'rtsps://192.0.2.10:554/stream1' },
      { url, previewUrl: 'rtsp://192.0.2.11/stream2' },
      { url, allowBasic: true },
      { url, tls: { fingerprint: 'AB' } },
      { url, onvif: { address: 'http://192.0.2.10/onvif/device_service', events: ['motion'] } },
    ]) {
      assert.equal(leadsElsewhere(before, after), true, JSON.stringify(after));
    }
  });
});

describe('namesSecret', () => {
  it('finds passwords in paths and queries', () => {
    for (const bad of [
      'rtsp://h/live?user=a&password=b',
      'rtsp://h/user=admin_password=x_channel=1',
      'rtsp://h/s?PWD=1',
    ]) {
      assert.equal(namesSecret(bad), true, bad);
    }
    for (const good of [url, 'rtsp://h/passage=1', 'rtsp://h/s?channel=1&password=']) {
      assert.equal(namesSecret(good), false, good);
    }
  });
});

describe('targetRules', () => {
  const names: Record<string, string[]> = {
    trap: ['192.0.2.1', '169.254.169.254'],
    ok: ['192.0.2.1'],
    here: ['0.0.0.0'],
  };
  const rules = targetRules(
    ['169.254.169.254', '10.0.0.0/8', '127.0.0.0/8', '::1', 'fd00:ec2::254', 'fe80::/10'],
    {
      resolve: async (host) => {
        const found = names[host];
        if (found === undefined) throw new Error('unknown name');
        return found;
      },
    },
  );
  const refused = (error: unknown) => isNightglassError(error, 'FORBIDDEN');

  it('refuses addresses, networks, and names that lead there', async () => {
    for (const host of [
      '169.254.169.254',
      '10.1.2.3',
      '[fd00:ec2::254]',
      '[fe80::1]',
      '[::ffff:10.1.2.3]',
      '[64:ff9b::a01:203]',
      '0.0.0.0',
      '[::]',
      'trap',
      'here',
    ]) {
      await assert.rejects(rules.admit(`rtsp://${host}:554/x`), refused, host);
    }
  });

  it('admits others, and names that nobody knows yet', async () => {
    for (const host of ['192.0.2.1', '[2001:db8::1]', 'ok', 'later']) {
      await rules.admit(`rtsp://${host}:554/x`);
    }
  });

  it('are asked again at each connection: what a name leads to changes', async () => {
    assert.deepEqual(await rules.addresses('ok'), ['192.0.2.1']);
    names['ok'] = ['169.254.169.254'];
    await assert.rejects(rules.addresses('ok'), refused);
    await assert.rejects(rules.addresses('later'), /unknown name/);
  });
});

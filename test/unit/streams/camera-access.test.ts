import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cameraAddress } from '../../../src/streams/camera-access.ts';

describe('cameraAddress', () => {
  it('takes the login out of the URL, decoded', () => {
    const { url, credentials } = cameraAddress({
      cameraId: 'gate',
      url: 'rtsp://op%40site:p%25w@10.0.0.7/live',
    });
    assert.equal(url.href, 'rtsp://10.0.0.7/live');
    assert.deepEqual(credentials, { username: 'op@site', password: 'p%w' });
  });

  it('refuses a login that is not percent-encoded, and quotes nothing of it', () => {
    assert.throws(
      () => cameraAddress({ cameraId: 'gate', url: 'rtsp://op:100%zz@10.0.0.7/live' }),
      (error: Error & { code?: string }) =>
        error.code === 'STREAM_UNSUPPORTED' && !error.message.includes('100'),
    );
  });
});

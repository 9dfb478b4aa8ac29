import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CameraSetup } from '../../../src/client/nightglass-client.ts';
import {
  cameraToAdd,
  changesOf,
  draftOf,
  faultsOf,
  idFrom,
  newCamera,
} from '../../../web/src/camera-setup/camera-draft.ts';

const url = 'rtsp://192.0.2.10:554/stream1';
const mask = { x: 0, y: 0, width: 0.5, height: 0.25 };
const stored: CameraSetup = {
  id: 'gate',
  source: 'stored',
  file: null,
  setup: { url, name: 'Gate', previewUrl: `${url}2`, rotate: 180, masks: [mask], hardware: 'auto' },
  hasLogin: true,
  paused: false,
  status: null,
  problem: null,
};

describe('draft of a camera', () => {
  it('makes an id of a name, one that is free', () => {
    assert.equal(idFrom('Haupteingang 2', []), 'haupteingang-2');
    assert.equal(idFrom('  Tür (Süd) ', []), 'tur-sud');
    assert.equal(idFrom('大门', ['camera']), 'camera-2');
    assert.equal(idFrom('Gate', ['gate', 'gate-2']), 'gate-3');
    for (const name of ['', '---', 'x'.repeat(200)]) {
      assert.deepEqual(faultsOf(newCamera({ id: idFrom(name, []), url })), []);
    }
  });

  it('names what keeps it from being sent', () => {
    assert.deepEqual(faultsOf(newCamera({ id: 'A', url: 'http://x' })), ['id', 'url']);
    assert.deepEqual(faultsOf(newCamera({ id: 'a', url: 'rtsp://u:p@h/x' })), ['url']);
    assert.deepEqual(faultsOf(newCamera({ id: 'a', url, previewUrl: 'x', username: 'u' })), [
      'previewUrl',
      'login',
    ]);
  });

  it('keeps what the form does not show, and the login where none is entered', () => {
    const changes = changesOf({ ...draftOf(stored), name: '', previewUrl: '' }, stored);
    assert.deepEqual(changes, {
      setup: {
        url,
        masks: [mask],
        hardware: 'auto',
        transport: 'tcp',
        rotate: 180,
        mirror: false,
      },
    });
    assert.equal(changesOf({ ...draftOf(stored), noLogin: true }, stored).login, null);
    const login = { username: 'u', password: 'p' };
    assert.deepEqual(changesOf({ ...draftOf(stored), ...login }, stored).login, login);
    assert.deepEqual(cameraToAdd(newCamera({ id: 'a', url: ` ${url} ` })), {
      id: 'a',
      setup: { url, transport: 'tcp', rotate: 0, mirror: false },
    });
  });
});

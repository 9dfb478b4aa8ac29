import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CameraSetup } from '../../../src/client/nightglass-client.ts';
import {
  areasOf,
  between,
  cornersOf,
  isTooSmall,
  masksWith,
  movedBy,
  withCorner,
} from '../../../web/src/camera-setup/areas.ts';
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

describe('areas on a picture', () => {
  it('are the rectangles among the masks; other shapes stay when they are stored', () => {
    const polygon = {
      points: [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
    };
    const setup = { masks: [polygon, mask] };
    assert.deepEqual(areasOf(setup), [mask]);
    assert.deepEqual(masksWith(setup, []), [polygon]);
    assert.deepEqual(masksWith({}, [mask]), [mask]);
  });

  it('stay within it, whichever way they are drawn', () => {
    const area = { x: 0.2, y: 0.1, width: 0.6, height: 0.5 };
    assert.deepEqual(between({ x: 0.8, y: 0.6 }, { x: 0.2, y: 0.1 }), area);
    assert.deepEqual(between({ x: -1, y: -1 }, { x: 2, y: 2 }), {
      x: 0,
      y: 0,
      width: 1,
      height: 1,
    });
    assert.deepEqual(between({ x: 1, y: 1 }, { x: 1, y: 1 }), {
      x: 0.99,
      y: 0.99,
      width: 0.01,
      height: 0.01,
    });
    assert.equal(isTooSmall(between({ x: 0.5, y: 0.5 }, { x: 0.5, y: 0.5 })), true);
    assert.equal(isTooSmall(area), false);
  });

  it('are moved by a corner, the opposite one stays, and as a whole', () => {
    const area = { x: 0.2, y: 0.2, width: 0.2, height: 0.2 };
    for (const [corner, point] of cornersOf(area).entries()) {
      const moved = withCorner(area, corner, { x: point.x + 0.1, y: point.y + 0.1 });
      const opposite = (corner + 2) % 4;
      const [before, after] = [cornersOf(area)[opposite], cornersOf(moved)[opposite]];
      assert.ok(Math.abs((before?.x ?? 0) - (after?.x ?? 1)) < 1e-9);
      assert.ok(Math.abs((before?.y ?? 0) - (after?.y ?? 1)) < 1e-9);
    }
    assert.deepEqual(movedBy(area, -1, 0.3), { ...area, x: 0, y: 0.5 });
    assert.deepEqual(movedBy(area, 1, 1), { ...area, x: 0.8, y: 0.8 });
  });
});

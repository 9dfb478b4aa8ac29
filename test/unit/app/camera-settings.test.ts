import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addedCameraSettings } from '../../../src/app/camera-settings.ts';

const url = 'rtsp://192.0.2.7/main';
const settings = (setup: Readonly<Record<string, unknown>>) =>
  addedCameraSettings('gate', { url, ...setup }, null);
const corners = [
  [0, 0],
  [1, 0],
  [1, 1],
];

describe('settings of a camera', () => {
  it('have another key where the connection or the picture differs', () => {
    const { key } = settings({});
    for (const setup of [
      { url: 'rtsp://192.0.2.8/main' },
      { transport: 'udp' },
      { rotate: 90 },
      { masks: [{ points: corners }] },
    ]) {
      assert.notEqual(settings(setup).key, key, JSON.stringify(setup));
    }
  });

  it('have the same key where only analysis differs', () => {
    const plain = settings({});
    for (const setup of [
      { name: 'Gate' },
      { zones: [{ points: corners }] },
      { faceSize: { smallest: 20 } },
      { motion: { enabled: false } },
      { schedule: { timeZone: 'UTC', times: [{ days: ['mon'], from: '08:00', to: '18:00' }] } },
    ]) {
      const { key, name, scene } = settings(setup);
      assert.equal(key, plain.key, JSON.stringify(setup));
      assert.notDeepEqual({ name, scene }, { name: plain.name, scene: plain.scene });
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { idleSettings } from '../../../src/config/idle-config.ts';
import { parseConfig } from '../../../src/config/load-config.ts';

const now = Date.UTC(2026, 5, 1);
const camera = (id: string, more = '') => `{ id: ${id}, url: 'rtsp://192.0.2.1/a'${more} }`;
const list = (more: string) =>
  `{ id: w, name: W, purpose: p, legalBasis: l, authorisation: a, owner: o, ${more} }`;
const keysOf = (yaml: string) => idleSettings(parseConfig(yaml).config, now).map(({ key }) => key);

describe('idleSettings', () => {
  it('finds nothing in a configuration that can work', () => {
    const yaml = `cameras: [${camera('a')}]\nwatchlists: [${list("cameras: [a], expires: '2026-06-01'")}]`;
    assert.deepEqual(keysOf(yaml), []);
  });

  it('finds a file without cameras, and one whose cameras are all switched off', () => {
    assert.deepEqual(keysOf(''), ['cameras']);
    assert.deepEqual(keysOf(`cameras: [${camera('a', ', enabled: false')}]`), ['cameras']);
  });

  it('finds faces that can never become tracks', () => {
    const yaml = `cameras: [${camera('a')}]\ndetection: { rate: 0.4 }`;
    assert.deepEqual(keysOf(yaml), ['tracking.maxOcclusion']);
  });

  it('finds watchlists that have expired or name no camera that runs', () => {
    const cameras = `cameras: [${camera('a')}, ${camera('b', ', enabled: false')}]`;
    assert.deepEqual(keysOf(`${cameras}\nwatchlists: [${list('cameras: [b]')}]`), [
      'watchlists[0].cameras',
    ]);
    const expired = list("cameras: [a], expires: '2026-05-31'");
    assert.deepEqual(keysOf(`${cameras}\nwatchlists: [${expired}]`), ['watchlists[0].expires']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alertData } from '../../../src/gateway/schemas/observation.ts';
import {
  alertEvent,
  detectionEvent,
  float32Base64,
} from '../../../src/gateway/socket/wire-event.ts';
import { sampleAlert } from '../../support/gateway/sample-alert.ts';

describe('wire events', () => {
  it('are made into bytes once for all clients', () => {
    const event = alertEvent({ change: 'created', alert: sampleAlert(1) });
    assert.equal(event.bytes(), event.bytes());
  });

  it('are not made at all when nobody listens', () => {
    const hostile = {
      cameraId: 'gate',
      sequence: 1,
      capturedAt: 1,
      frameWidth: 1,
      frameHeight: 1,
      get faces(): never {
        throw new Error('was read');
      },
    };
    const event = detectionEvent(hostile);
    assert.equal(event.topic, 'detections');
    assert.throws(() => event.bytes(), /was read/);
  });

  it('escape a camera id in the source and tell revisions apart', () => {
    const alert = sampleAlert(1, { cameraId: 'gate 1/ü', revision: 4 });
    const { source, id } = JSON.parse(alertEvent({ change: 'updated', alert }).bytes().toString());
    assert.equal(source, '/cameras/gate%201%2F%C3%BC');
    assert.equal(id, `${alert.id}.4`);
  });

  it('may lack the scores of an alert', () => {
    const { scores, threshold, fpir, gallerySize, meanGate, quality, ...alert } = sampleAlert(1);
    const { data } = JSON.parse(alertEvent({ change: 'created', alert }).bytes().toString());
    assert.equal('scores' in data, false);
    assert.equal(alertData.safeParse(data).success, true);
  });

  it('carry float32 in little-endian order', () => {
    assert.equal(
      float32Base64(new Float32Array([1])),
      Buffer.from([0, 0, 0x80, 0x3f]).toString('base64'),
    );
    assert.equal(float32Base64(new Float32Array(0)), '');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Frame } from '../../../src/domain/frame/frame.ts';
import { FrameLedger } from '../../../src/domain/frame/ledger.ts';
import type { Picture } from '../../../src/domain/frame/picture.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

const picture: Picture = {
  width: 4,
  height: 4,
  rgb: () => Promise.reject(new Error('not read here')),
  luma: () => Promise.reject(new Error('not read here')),
  jpeg: () => Promise.reject(new Error('not read here')),
  dispose: () => undefined,
};

function frameOf(ledger: FrameLedger, cameraId: string): Frame {
  return Frame.create({
    cameraId,
    sequence: 0,
    mediaTime: 0,
    capturedAt: 0,
    capturedMonotonic: 0,
    picture,
    ledger,
  });
}

describe('metrics', () => {
  it('accounts for every frame at scrape time', async () => {
    const ledger = new FrameLedger();
    const metrics = createMetrics({ ledger, version: '1.2.3' });
    frameOf(ledger, 'a').drop('busy');
    frameOf(ledger, 'a')[Symbol.dispose]();
    frameOf(ledger, 'b');
    ledger.drop('b', 'decode_error');
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const text = await metrics.text();
      assert.match(text, /nightglass_frames_total\{camera="a"\} 2\n/);
      assert.match(text, /nightglass_frames_total\{camera="b"\} 1\n/);
      assert.match(text, /nightglass_frames_dropped_total\{camera="a",reason="busy"\} 1\n/);
      assert.match(text, /nightglass_frames_dropped_total\{camera="b",reason="decode_error"\} 1\n/);
      assert.match(text, /nightglass_frames_live 1\n/);
    }
    metrics.close();
  });

  it('shows one state a camera and forgets a camera that is gone', async () => {
    const metrics = createMetrics({ ledger: new FrameLedger(), version: '1.2.3' });
    metrics.cameras.status({ cameraId: 'a', state: 'connecting', since: 0, reconnects: 0 });
    metrics.cameras.status({ cameraId: 'a', state: 'live', since: 0, reconnects: 0 });
    const text = await metrics.text();
    assert.match(text, /nightglass_camera_state\{camera="a",state="live"\} 1\n/);
    assert.match(text, /nightglass_camera_state\{camera="a",state="connecting"\} 0\n/);
    metrics.forgetCamera('a');
    assert.doesNotMatch(await metrics.text(), /camera_state\{/);
    metrics.close();
  });

  it('has each name that the monitoring contract promises', async () => {
    const metrics = createMetrics({ ledger: new FrameLedger(), version: '1.2.3' });
    const text = await metrics.text();
    const promised =
      'frames_total frames_dropped_total stage_duration_seconds frame_age_seconds inference_batch_size inference_duration_seconds queue_depth faces_total faces_rejected_total keyframes_total tracks_active matches_total alerts_total alert_latency_seconds camera_state camera_reconnects_total ws_clients ws_dropped_total frames_live build_info';
    for (const name of promised.split(' ')) {
      assert.match(text, new RegExp(`# TYPE nightglass_${name} `), name);
    }
    metrics.close();
  });
});

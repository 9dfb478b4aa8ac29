import { Counter, Gauge, type Registry } from 'prom-client';
import { type CameraStatus, cameraStates } from '../domain/camera-status.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { registerDeviceEventMetrics } from './device-event-metrics.ts';
import { registerStreamMetrics } from './stream-metrics.ts';

/** Error codes that a stream ends with; any other is counted as `other`. */
export const streamFaults = [
  'STREAM_UNREACHABLE',
  'STREAM_UNAUTHORIZED',
  'STREAM_STALLED',
  'STREAM_ENDED',
  'STREAM_UNSUPPORTED',
] as const satisfies readonly ErrorCode[];

export interface CameraMetrics {
  status(status: CameraStatus): void;
  reconnect(camera: string, code: string | undefined): void;
  /** A frame was analysed. @param capturedAt wall milliseconds */
  analysed(camera: string, capturedAt: number): void;
  /** Starts at 0 what grows with the first event: rates and increases miss a series' first value. */
  expect(camera: string): void;
  forget(camera: string): void;
}

/** What the streams of the cameras do. */
export function registerCameraMetrics(registry: Registry): CameraMetrics {
  const registers = [registry];
  const state = new Gauge({
    name: 'nightglass_camera_state',
    help: '1 for the state that the camera is in, 0 for the others',
    labelNames: ['camera', 'state'],
    registers,
  });
  const rate = new Gauge({
    name: 'nightglass_camera_frames_per_second',
    help: 'Frames a second that the camera delivers, over the last few seconds; 0 unless live',
    labelNames: ['camera'],
    registers,
  });
  const last = new Gauge({
    name: 'nightglass_camera_last_frame_timestamp_seconds',
    help: 'Capture time of the newest frame that was analysed to its faces',
    labelNames: ['camera'],
    registers,
  });
  const analysed = new Counter({
    name: 'nightglass_frames_analysed_total',
    help: 'Frames whose faces were found, tracked and graded',
    labelNames: ['camera'],
    registers,
  });
  const reconnects = new Counter({
    name: 'nightglass_camera_reconnects_total',
    help: 'Streams lost and attempts that failed, by error code',
    labelNames: ['camera', 'reason'],
    registers,
  });
  const stream = registerStreamMetrics(registry);
  const events = registerDeviceEventMetrics(registry);
  const video = registerVideoInfo(registry);
  return {
    status(status) {
      const camera = status.cameraId;
      for (const name of cameraStates)
        state.set({ camera, state: name }, name === status.state ? 1 : 0);
      rate.set({ camera }, (status.state === 'live' && status.framesPerSecond) || 0);
      stream.status(status);
      events.status(status);
      video.show(camera, status.video);
    },
    reconnect(camera, code) {
      const reason = streamFaults.find((fault) => fault === code) ?? 'other';
      reconnects.inc({ camera, reason });
    },
    analysed(camera, capturedAt) {
      analysed.inc({ camera });
      last.set({ camera }, capturedAt / 1000);
    },
    expect(camera) {
      analysed.inc({ camera }, 0);
      for (const reason of [...streamFaults, 'other']) reconnects.inc({ camera, reason }, 0);
    },
    forget(camera) {
      for (const name of cameraStates) state.remove({ camera, state: name });
      for (const reason of [...streamFaults, 'other']) reconnects.remove({ camera, reason });
      for (const metric of [analysed, rate, last]) metric.remove({ camera });
      stream.forget(camera);
      events.forget(camera);
      video.show(camera, undefined);
    },
  };
}

function registerVideoInfo(registry: Registry) {
  const gauge = new Gauge({
    name: 'nightglass_camera_video_info',
    help: 'What a live camera sends and what decodes it, 1',
    labelNames: ['camera', 'codec', 'resolution', 'decoder'],
    registers: [registry],
  });
  // One series a camera: the one before goes when the stream changes.
  const shown = new Map<string, ReturnType<typeof videoLabels>>();
  return {
    show(camera: string, video: CameraStatus['video']): void {
      const before = shown.get(camera);
      if (before !== undefined) gauge.remove(before);
      shown.delete(camera);
      if (video === undefined) return;
      const labels = videoLabels(camera, video);
      shown.set(camera, labels);
      gauge.set(labels, 1);
    },
  };
}

function videoLabels(camera: string, video: NonNullable<CameraStatus['video']>) {
  const { codec, width, height, decoder = 'software' } = video;
  return { camera, codec, resolution: `${width}x${height}`, decoder };
}

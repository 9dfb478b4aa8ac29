import { Counter, Gauge, type Registry } from 'prom-client';
import type { CameraStatus, CameraStream } from '../domain/camera-status.ts';
import { type StreamNoteCounts, streamNoteKinds } from '../domain/stream-notes.ts';

export interface StreamMetrics {
  status(status: CameraStatus): void;
  forget(camera: string): void;
}

/** How the streams of the cameras come, and what is odd in them. */
export function registerStreamMetrics(registry: Registry): StreamMetrics {
  const registers = [registry];
  const bytes = new Gauge({
    name: 'nightglass_camera_stream_bytes_per_second',
    help: 'Bytes a second that the camera sends, over the last few seconds',
    labelNames: ['camera'],
    registers,
  });
  const way = new Gauge({
    name: 'nightglass_camera_stream_info',
    help: 'Client and transport by which the stream comes, 1',
    labelNames: ['camera', 'source', 'transport'],
    registers,
  });
  const notes = new Counter({
    name: 'nightglass_camera_stream_notes_total',
    help: 'What is odd in the stream and played all the same, by kind',
    labelNames: ['camera', 'note'],
    registers,
  });
  const noted = new Map<string, StreamNoteCounts>();
  const ways = new Map<string, Record<'camera' | 'source' | 'transport', string>>();
  /** Counts of a status start again with each stream. */
  const countNotes = (camera: string, now: StreamNoteCounts): void => {
    const before = noted.get(camera) ?? {};
    noted.set(camera, now);
    for (const note of streamNoteKinds) {
      const count = now[note] ?? 0;
      const more = count - (before[note] ?? 0);
      if (count > 0) notes.inc({ camera, note }, more >= 0 ? more : count);
    }
  };
  const showWay = (camera: string, stream: CameraStream | undefined): void => {
    const before = ways.get(camera);
    if (before !== undefined) way.remove(before);
    ways.delete(camera);
    bytes.set({ camera }, stream?.bytesPerSecond ?? 0);
    if (stream === undefined) return;
    const labels = { camera, source: stream.client, transport: stream.transport };
    ways.set(camera, labels);
    way.set(labels, 1);
  };
  return {
    status({ cameraId, stream }) {
      countNotes(cameraId, stream?.noted ?? {});
      showWay(cameraId, stream);
    },
    forget(camera) {
      for (const note of streamNoteKinds) notes.remove({ camera, note });
      noted.delete(camera);
      showWay(camera, undefined);
      bytes.remove({ camera });
    },
  };
}

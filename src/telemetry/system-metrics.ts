import { Counter, Gauge, type Registry } from 'prom-client';
import type { CameraState, CameraStatus } from '../streams/camera-status.ts';

const states: readonly CameraState[] = [
  'connecting',
  'live',
  'stalled',
  'backoff',
  'unauthorized',
  'failed',
  'stopped',
];

export interface SystemMetrics {
  cameraStatus(status: CameraStatus): void;
  cameraGone(camera: string): void;
  cameraReconnect(camera: string, reason: string): void;
  socketClients(count: number): void;
  socketDropped(topic: string, count: number): void;
  storeFault(faulty: boolean): void;
}

/** Cameras, sockets, store, build. */
export function registerSystemMetrics(registry: Registry, version: string): SystemMetrics {
  const registers = [registry];
  const state = new Gauge({
    name: 'nightglass_camera_state',
    help: '1 for the state that the camera is in, 0 for the others',
    labelNames: ['camera', 'state'],
    registers,
  });
  const reconnects = new Counter({
    name: 'nightglass_camera_reconnects_total',
    help: 'Attempts to connect anew, by reason',
    labelNames: ['camera', 'reason'],
    registers,
  });
  const clients = new Gauge({
    name: 'nightglass_ws_clients',
    help: 'WebSocket clients connected',
    registers,
  });
  const dropped = new Counter({
    name: 'nightglass_ws_dropped_total',
    help: 'Events not sent to slow WebSocket clients',
    labelNames: ['topic'],
    registers,
  });
  const fault = new Gauge({
    name: 'nightglass_store_fault',
    help: '1 while the data folder cannot be written',
    registers,
  });
  fault.set(0);
  new Gauge({
    name: 'nightglass_build_info',
    help: 'Version in force, 1',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.versions.node }, 1);
  return {
    cameraStatus(status) {
      for (const name of states) {
        state.set({ camera: status.cameraId, state: name }, name === status.state ? 1 : 0);
      }
    },
    cameraGone(camera) {
      for (const name of states) state.remove({ camera, state: name });
    },
    cameraReconnect: (camera, reason) => reconnects.inc({ camera, reason }),
    socketClients: (count) => clients.set(count),
    socketDropped: (topic, count) => dropped.inc({ topic }, count),
    storeFault: (faulty) => fault.set(faulty ? 1 : 0),
  };
}

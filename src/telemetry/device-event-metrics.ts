import { Gauge, type Registry } from 'prom-client';
import type { CameraStatus } from '../domain/camera-status.ts';
import { deviceEventKinds } from '../domain/onvif.ts';

export interface DeviceEventMetrics {
  status(status: CameraStatus): void;
  forget(camera: string): void;
}

/** What cameras say by ONVIF; only those whose events are chosen have series. */
export function registerDeviceEventMetrics(registry: Registry): DeviceEventMetrics {
  const registers = [registry];
  const heard = new Gauge({
    name: 'nightglass_camera_events_heard',
    help: '1 while the events of the camera are heard by ONVIF, 0 while they cannot be',
    labelNames: ['camera'],
    registers,
  });
  const active = new Gauge({
    name: 'nightglass_camera_event',
    help: '1 while the camera itself says so: something moves, or it is covered, turned or out of focus',
    labelNames: ['camera', 'event'],
    registers,
  });
  const forget = (camera: string): void => {
    heard.remove({ camera });
    for (const event of deviceEventKinds) active.remove({ camera, event });
  };
  return {
    status({ cameraId: camera, events }) {
      if (events === undefined) return forget(camera);
      heard.set({ camera }, events.state === 'listening' ? 1 : 0);
      for (const event of deviceEventKinds) {
        const said = events[event];
        if (said !== null) active.set({ camera, event }, said.active ? 1 : 0);
      }
    },
    forget,
  };
}

import type { CameraControl } from '../demo/rtsp/camera-control.ts';

/** What can go wrong with a camera in the soak, each until `behave`. */
const faults = {
  stall: (camera) => camera.stall(),
  'lost packets': (camera) => camera.drop({ rate: 0.05 }),
  garbage: (camera) => camera.garbage({ rate: 0.1 }),
  'cut pictures': (camera) => camera.truncate({ rate: 0.2 }),
  'clock jump': (camera) => camera.wrongClock({ jumpMs: 20_000 }),
  'erratic clock': (camera) => camera.wrongClock({ erraticMs: 400 }),
  slow: (camera) => camera.slow(20_000),
  hang: (camera) => camera.hang(),
  'cut connection': (camera) => camera.disconnect(),
  goodbye: (camera) => camera.disconnect({ goodbye: true }),
  offline: (camera) => camera.offline(),
  'connection reset': (camera) => camera.offline({ reset: true }),
  'login refused': (camera) => camera.refuse(),
} as const satisfies Record<string, (camera: CameraControl) => void>;

export type Fault = keyof typeof faults;
export const faultNames = Object.keys(faults) as readonly Fault[];

/** A line for the camera process. */
export interface FaultOrder {
  /** From 1 on. */
  readonly camera: number;
  readonly fault: Fault | 'behave';
}

/** Lets a camera misbehave, or behave again. */
export function applyFault(camera: CameraControl, fault: FaultOrder['fault']): void {
  if (fault === 'behave') {
    camera.online();
    camera.behave();
  } else {
    faults[fault](camera);
  }
}

import type { Clock } from '../domain/clock.ts';
import type { FrameLedger } from '../domain/frame/ledger.ts';
import type { DebugLog } from '../domain/log.ts';
import type { QuietScene } from '../domain/quiet-scene.ts';
import { openCamera } from '../streams/camera.ts';
import type { PacketRing } from '../streams/clips/packet-ring.ts';
import type { HostAddresses } from '../streams/rtsp/wire.ts';
import type { OpenCamera } from './camera-set.ts';
import type { CameraSettings } from './camera-settings.ts';
import type { Foundation } from './foundation.ts';
import { heardCamera } from './heard-camera.ts';
import { scheduledCamera } from './scheduled-camera.ts';

/** A camera that this process pulls, at its times. */
export function openHere(options: {
  readonly camera: CameraSettings;
  readonly addresses: HostAddresses;
  readonly quiet: QuietScene;
  readonly ledger: FrameLedger;
  readonly clock: Clock;
  readonly log: DebugLog;
  readonly preview: Foundation['config']['preview'];
  readonly ring: () => PacketRing | undefined;
}): OpenCamera {
  const { camera, addresses, clock, preview, ring, ...given } = options;
  return scheduledCamera({
    id: camera.id,
    schedule: camera.scene.schedule,
    clock,
    hasPreview: preview.enabled,
    open: () =>
      heardCamera(openCamera({ ...camera, ...given, addresses, clock, preview, ring: ring() }), {
        ...camera,
        addresses,
        clock,
      }),
  });
}

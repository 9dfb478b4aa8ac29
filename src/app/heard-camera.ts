import { BehaviorSubject, combineLatest, map } from 'rxjs';
import type { Clock } from '../domain/clock.ts';
import type { CameraEvents } from '../domain/onvif.ts';
import { watchDeviceEvents } from '../streams/onvif/watch-events.ts';
import type { HostAddresses } from '../streams/rtsp/wire.ts';
import type { OpenCamera } from './camera-set.ts';
import type { CameraSettings } from './camera-settings.ts';

export interface HeardCameraOptions
  extends Pick<CameraSettings, 'onvif' | 'username' | 'password' | 'tls'> {
  /** Where hosts may be, asked at each connection. */
  readonly addresses: HostAddresses;
  readonly clock: Clock;
}

type PlainCamera = Omit<OpenCamera, 'reschedule'>;

/**
 * A camera whose status says what the device itself sees, where its settings choose that. Hearing
 * begins and ends with the camera, and its failures are no failures of the picture.
 */
export function heardCamera(camera: PlainCamera, options: HeardCameraOptions): PlainCamera {
  const { onvif, username, password, tls, addresses, clock } = options;
  if (onvif === null) return camera;
  const events$ = new BehaviorSubject<CameraEvents | null>(null);
  const stop = watchDeviceEvents({
    access: { address: onvif.address, username, password, tls },
    kinds: onvif.events,
    addresses,
    clock,
    onChange: (events) => events$.next(events),
  });
  return {
    frames$: camera.frames$,
    status$: combineLatest([camera.status$, events$]).pipe(
      map(([status, events]) => (events === null ? status : { ...status, events })),
    ),
    preview: camera.preview,
    async close() {
      await Promise.all([stop(), camera.close()]);
      events$.complete();
    },
  };
}

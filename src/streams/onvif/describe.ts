import { onvifBounds } from '../../domain/bounds.ts';
import type { DeviceAccess, DeviceDescription } from '../../domain/onvif.ts';
import { type DeviceClient, openDevice } from './device-client.ts';
import { informationOf, profilesOf, uriOf } from './device-facts.ts';
import { at } from './plain-values.ts';
import type { DeviceHosts } from './worker-messages.ts';

/** Asks a device for what it is, its profiles and the addresses of their streams. */
export async function describe(access: DeviceAccess & DeviceHosts): Promise<DeviceDescription> {
  const { answerMs, describeBytes } = onvifBounds;
  const device = openDevice(access, {
    ...{ answerMs, allBytes: describeBytes },
    ...(access.hosts === undefined ? {} : { hosts: access.hosts }),
  });
  const clockOffsetSeconds = await meet(device);
  const { ask, cam } = device;
  const information = informationOf(await ask((done) => cam.getDeviceInformation(done)));
  const profiles: DeviceDescription['profiles'][number][] = [];
  for (const profile of profilesOf(await askForProfiles(device))) {
    const { token: profileToken } = profile;
    const streamUri = await ask((done) =>
      cam.getStreamUri({ profileToken, protocol: 'RTSP', stream: 'RTP-Unicast' }, done),
    ).then(uriOf, nullUnlessBound);
    const snapshotUri = await ask((done) => cam.getSnapshotUri({ profileToken }, done)).then(
      uriOf,
      nullUnlessBound,
    );
    profiles.push({ ...profile, streamUri, snapshotUri });
  }
  const hasEvents = at(cam.uri, 'events') !== undefined;
  return { ...information, clockOffsetSeconds, hasEvents, profiles };
}

/**
 * Learns the device's clock, by which its logins are dated, and its services.
 * @returns its clock less ours, seconds
 */
export async function meet({ ask, cam }: DeviceClient): Promise<number | null> {
  const time = await ask<unknown>((done) => cam.getSystemDateAndTime(done)).catch(nullUnlessBound);
  const offset =
    time instanceof Date && Number.isFinite(time.getTime())
      ? Math.round((time.getTime() - Date.now()) / 1000)
      : null;
  // Older devices know GetCapabilities alone.
  await ask((done) => cam.getServices(true, done)).catch(async (error: unknown) => {
    nullUnlessBound(error);
    await ask((done) => cam.getCapabilities(done));
  });
  return offset;
}

/** By the newer media service where there is one; some that say so answer the older one alone. */
async function askForProfiles({ ask, cam }: DeviceClient): Promise<unknown> {
  const get = () => ask((done) => cam.getProfiles(done));
  if (cam.media2Support !== true) return get();
  return get().catch((error: unknown) => {
    nullUnlessBound(error);
    cam.media2Support = false;
    return get();
  });
}

/** What one question fails of does no harm to the next one; a bound that is passed, or no connection, ends all. */
function nullUnlessBound(error: unknown): null {
  if (error instanceof Error && error.name === 'NightglassError') throw error;
  return null;
}
